/**
 * What a camera says of its clock: RTCP sender reports (RFC 3550, 6.4.1), as rtspsrc has received them.
 *
 * With `ntp-sync` GStreamer stamps pictures by the reports, but by their arrival until the first one has come, and does not
 * say when that is. The statistics of the RTP sessions say so (one for video, one for sound), whose elements lie deep in rtspsrc.
 * (Buffers that carry the camera's time themselves, `add-reference-timestamp-meta`, need GStreamer 1.22.)
 */
import type { NativeElement } from '../gstreamer/binding';
import { MILLISECOND, SECOND, type Nanoseconds } from '../core/time';

/** A clock that is off by more was never set. Timeline bears as much from the future, and more from the past. */
export const LARGEST_NTP_OFFSET: Nanoseconds = 3n * SECOND;

/** RFC 3550, 6.2: the first report comes within 3.1 s, every other within 6.2 s. A camera that has sent none will not. */
const LONGEST_INTERVAL_MS = 7_000;

/** What the decoder held when the report came has the stamps of before. */
const UNDER_WAY_MS = 1_000;

/** Seconds from 1900, where NTP begins, to 1970. */
const NTP_TO_UNIX = 2_208_988_800n;

/** What is read of an RTP session. */
type Session = Pick<NativeElement, 'get'>;

export class SenderReports {
  readonly #pipeline: { findAll(factory: string): readonly Session[] };
  #sessions: readonly Session[] = [];
  #firstPicture: number | undefined;
  #firstReport: number | undefined;
  #settled = false;
  #clockError: Nanoseconds | undefined;

  constructor(pipeline: { findAll(factory: string): readonly Session[] }) {
    this.#pipeline = pipeline;
  }

  /** Call at every picture. @returns whether it is stamped by a report, or there will be none */
  poll(now = performance.now()): boolean {
    if (this.#settled) return true;
    this.#firstPicture ??= now;
    if (this.#sessions.length === 0) this.#sessions = this.#pipeline.findAll('rtpsession');
    if (this.#firstReport === undefined && this.#read()) this.#firstReport = now;
    this.#settled = now - (this.#firstReport ?? Infinity) > UNDER_WAY_MS || now - this.#firstPicture > LONGEST_INTERVAL_MS;
    return this.#settled;
  }

  /** How far the camera's clock is ahead of ours, if that is too far; once. */
  takeClockError(): Nanoseconds | undefined {
    const error = this.#clockError;
    this.#clockError = undefined;
    return error;
  }

  /** @returns whether all senders have reported */
  #read(): boolean {
    const senders = this.#sessions.flatMap((session) => sendersOf(String(session.get('stats'))));
    const [report] = senders;
    if (report === undefined || senders.includes(undefined)) return false;
    const error = report - BigInt(Date.now()) * MILLISECOND;
    if (error > LARGEST_NTP_OFFSET || error < -LARGEST_NTP_OFFSET) this.#clockError = error;
    return true;
  }
}

/** When those who send to a session have sent their last report, by their clocks, in nanoseconds since 1970. */
function sendersOf(stats: string): (Nanoseconds | undefined)[] {
  // A structure as text, in a structure as text: `have-sr\=\(boolean\)true`.
  const sources = stats.replaceAll('\\', '').split('application/x-rtp-source-stats').slice(1);
  const remote = sources.filter((source) => source.includes('internal=(boolean)false') && source.includes('is-sender=(boolean)true'));
  return remote.map((source) => {
    const [, ntp] = /have-sr=\(boolean\)true, sr-ntptime=\(guint64\)(\d+)/.exec(source) ?? [];
    return ntp === undefined ? undefined : ((BigInt(ntp) * SECOND) >> 32n) - NTP_TO_UNIX * SECOND;
  });
}
