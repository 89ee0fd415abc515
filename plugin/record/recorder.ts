/** Pictures into segments: one encoder, files that follow each other without a gap. */
import path from 'node:path';
import { asGstIplError, GstIplError } from '../core/errors';
import { conditionsBy, type Condition } from '../core/metrics/conditions';
import type { StageContext } from '../core/element';
import type { Frame } from '../core/frames/frame';
import type { VideoCaps } from '../core/frames/video-caps';
import type { ReportOf } from '../core/metrics/metric-table';
import { formatBytes } from '../core/quantities';
import { SECOND } from '../core/time';
import { withInstalledEncoder } from '../gstreamer/output/av1-encoder';
import { answersRequests, encoderLaunch } from '../gstreamer/output/encoder';
import { launch } from '../gstreamer/launch/launch';
import { Output, type Outage } from '../gstreamer/output/output';
import type { SoundContainer } from '../gstreamer/sound/sound-container';
import { SoundFeed } from '../gstreamer/sound/sound-feed';
import { segmentRhythm } from '../gstreamer/output/segment-rhythm';
import { ArrivalTimes } from './arrival-times';
import { systemClocks } from './clocks';
import type { recordMetrics } from './metrics';
import type { RecordSettings } from './options';
import { LEAST_ROOM, Retention } from './retention';
import { SegmentFiles, type Segment } from './segment-files';
import { SegmentWatch } from './segment-watch';

/** What a kill costs, beside a key frame interval: a fragment is written when it is whole. Shorter ones cost 264 bytes each. */
const FRAGMENT_MS = 500;

/** What a power loss costs at most, beside a fragment. More often wears flash cards; disks would be kept awake anyway. */
const SYNC_MS = 2_000;

/** Players seek to key frames. splitmuxsink holds back what comes between two, and a kill costs it. */
const LONGEST_KEY_FRAME_SECONDS = 1;

/** Pixels a side: mp4mux takes no less, nor does x265enc. */
const LEAST_SIDE = 16;

const MUXER = 'muxer';

const CONTAINER: SoundContainer = { what: 'MP4', pad: `${MUXER}.audio_0`, codecs: ['aac', 'opus'], isTransportStream: false };

export class Recorder {
  readonly #settings: RecordSettings;
  readonly #context: StageContext;
  readonly #tell: ReportOf<typeof recordMetrics>;
  readonly #down: Condition;
  readonly #unfinished: Condition;
  readonly #files: SegmentFiles;
  readonly #retention: Retention;
  readonly #output: Output;
  readonly #sound: SoundFeed | undefined;
  /** Work on files, one after the other. */
  #work: Promise<unknown> = Promise.resolve();
  #syncTimer: NodeJS.Timeout | undefined;
  #syncing = false;
  readonly #arrivals = new ArrivalTimes();
  readonly #watch: SegmentWatch;
  /** Pictures in files that somebody took away, until the output has counted them. */
  #lost = 0;
  #frames = 0;
  #segments = 0;
  #bytes = 0;

  constructor(settings: RecordSettings, context: StageContext) {
    this.#settings = settings;
    this.#context = context;
    this.#tell = (name, value) => context.report?.(name, value);
    const condition = conditionsBy(context);
    this.#down = condition('down', { holds: true, degrades: true });
    this.#unfinished = condition('unfinished', { degrades: true });
    this.#files = new SegmentFiles(settings.to);
    this.#watch = new SegmentWatch(settings.segment);
    this.#retention = new Retention(settings.keep, this.#files, (message) => context.warn(`Node "${context.node}": ${message}`));
    const { audio, audioCodec } = settings;
    this.#sound = context.hears && audio !== undefined ? new SoundFeed(context.hears, { audio, audioCodec, container: CONTAINER }, context) : undefined;
    this.#output = new Output(
      // splitmuxsink 1.22 keeps the file of a run that failed. A new one is rare: the disk is asked for room first.
      { node: context.node, endsAtNewCaps: true, sound: this.#sound },
      {
        launch: (frame) => this.#launch(frame),
        onMessage: (name, fields) => this.#onMessage(name, fields),
        onClosed: () => this.#cut(),
        onLost: (error) => this.#reportLoss(error),
        onRestored: (outage) => this.#reportReturn(outage),
      },
    );
  }

  /** @throws GstIplError where the folder cannot be written */
  async prepare(): Promise<void> {
    await this.#adoptEarlierFiles();
    await this.#retention.prepare();
    this.#syncTimer = setInterval(() => void this.#sync(), SYNC_MS);
    this.#syncTimer.unref();
  }

  async write(frame: Frame): Promise<boolean> {
    this.#frames += 1;
    this.#arrivals.add(frame.runningTime, systemClocks.wall());
    const taken = await this.#output.write(frame);
    const late = taken ? this.#watch.countPicture(frame.runningTime) : undefined;
    if (late !== undefined) this.#abort(`${late} It is started anew.`);
    this.#report();
    return taken;
  }

  get delivered(): number {
    return this.#output.deliveredFrames;
  }

  /** Finishes the last segment. @throws GstIplError `no-pictures` where there was not one */
  async finish(): Promise<void> {
    await this.#output.finish();
    await this.close();
    if (this.#segments === 0) throw this.#nothing();
  }

  async close(): Promise<void> {
    clearInterval(this.#syncTimer);
    await this.#output.close();
    await this.#work;
  }

  async #launch({ caps }: Frame): Promise<string> {
    if (Math.min(caps.width, caps.height) < LEAST_SIDE) throw tooSmall(caps);
    await this.#prepareFolder();
    this.#watch.restart();
    if (!(await this.#retention.makeRoom())) throw this.#full();
    const { segment } = this.#settings;
    const settings = await withInstalledEncoder(this.#settings, caps);
    const { keyFrameSeconds, cut } = segmentRhythm(caps, Number(segment) / Number(SECOND), LONGEST_KEY_FRAME_SECONDS, answersRequests(settings));
    const encoder = encoderLaunch(settings, caps, keyFrameSeconds);
    // `async-finalize`: the next file is begun while the last is still being finished.
    // `buffer-mode=2` writes at once: what is in a buffer of the process dies with it.
    const muxer =
      `splitmuxsink name=${MUXER} ${launch`location=${this.#files.pattern}`} ${cut} ` +
      `async-finalize=true muxer-factory=mp4mux muxer-properties="properties,fragment-duration=(uint)${FRAGMENT_MS}" ` +
      'sink-properties="properties,buffer-mode=(int)2,async=(boolean)false,sync=(boolean)false"';
    return this.#sound ? await this.#sound.launch(encoder, muxer) : `${encoder} ! ${muxer}`;
  }

  async #adoptEarlierFiles(): Promise<void> {
    const cut = await this.#files.prepare();
    if (cut.length === 0) return;
    const names = cut.length > 3 ? `${cut.slice(0, 3).join(', ')} and ${cut.length - 3} more` : cut.join(', ');
    this.#context.warn(`An earlier recording was cut short; it is kept up to its last fragment: ${names}.`);
  }

  /** It may have gone since the last time, and come back empty. */
  async #prepareFolder(): Promise<void> {
    try {
      await this.#adoptEarlierFiles();
    } catch (error) {
      const { code, message, hint } = asGstIplError(error, 'pipeline-failed');
      const { node } = this.#context;
      throw new GstIplError(code, `Node "${node}": ${message}`, { place: { node }, hint, permanent: false });
    }
    this.#retention.reconcile();
  }

  #abort(sentence: string): void {
    const { node } = this.#context;
    this.#output.abort(new GstIplError('pipeline-failed', `Node "${node}": ${sentence}`, { place: { node } }));
  }

  async #giveUpMissing(): Promise<void> {
    const missing = await this.#files.giveUpMissing();
    if (missing.length === 0) return;
    this.#abort(`What it writes to "${this.#settings.to}" is not there any more: somebody removed or moved the file, or its folder.`);
    for (const file of missing) this.#lost += this.#watch.closed(file);
  }

  #nothing(): GstIplError {
    const { node } = this.#context;
    const why = this.#output.outage ?? (this.#frames === 0 ? 'No frame came.' : 'The encoder gave nothing.');
    return new GstIplError('no-pictures', `Node "${node}" recorded nothing in "${this.#settings.to}". ${why}`, {
      place: { node },
      hint: 'What was recorded before is kept.',
    });
  }

  #full(): GstIplError {
    const { to } = this.#settings;
    const { node } = this.#context;
    const hint = this.#retention.limited
      ? 'There is no recording left that may be removed: something else fills the disk.'
      : 'What was recorded is kept. Free some room, or say with `keep` what may be removed.';
    const sentence = `Node "${node}": The disk of "${to}" has less than ${formatBytes(LEAST_ROOM)} left.`;
    return new GstIplError('pipeline-failed', sentence, { place: { node }, hint });
  }

  #onMessage(name: string, { location, 'running-time': time }: Readonly<Record<string, unknown>>): void {
    if (typeof location !== 'string') return;
    if (name === 'splitmuxsink-fragment-opened') {
      const runningTime = BigInt(Math.round(Number(time)));
      const startedAt = this.#arrivals.of(runningTime);
      this.#watch.opened(location, runningTime);
      const sound = this.#sound?.beginOf(runningTime);
      const soundLate = sound === undefined ? undefined : sound - runningTime;
      this.#enqueue(() => this.#files.begin(location, startedAt, soundLate));
    }
    if (name === 'splitmuxsink-fragment-closed') {
      this.#enqueue(async () => {
        await this.#giveUpMissing();
        this.#watch.closed(location);
        await this.#addSegment(await this.#files.finish(location));
      });
    }
  }

  async #addSegment(segment: Segment | undefined): Promise<void> {
    if (!segment) return;
    this.#segments += 1;
    this.#bytes += segment.bytes;
    this.#retention.add(segment);
    await this.#retention.apply();
    if (this.#retention.limited) await this.#retention.makeRoom(Math.max(LEAST_ROOM, segment.bytes));
    this.#reportFiles(); // Behind the last there is no frame that would.
  }

  /** @returns how many pictures are in no file */
  async #cut(): Promise<number> {
    this.#lost += this.#watch.homeless;
    this.#enqueue(async () => {
      await this.#giveUpMissing();
      for (const segment of await this.#files.cutOpen()) await this.#addSegment(segment);
    });
    await this.#work;
    const lost = this.#lost;
    this.#lost = 0;
    return lost;
  }

  async #sync(): Promise<void> {
    if (this.#syncing) return;
    this.#syncing = true;
    this.#enqueue(async () => {
      await this.#giveUpMissing();
      await this.#files.sync();
    });
    this.#enqueue(() => this.#retention.watch());
    if (this.#retention.limited) this.#enqueue(() => this.#retention.makeRoom());
    await this.#work;
    this.#syncing = false;
  }

  /** A fault of one file (someone moved it, say) must not end the recording. */
  #enqueue(work: () => Promise<unknown>): void {
    this.#work = this.#work.then(work).catch((error: unknown) => {
      const { message } = asGstIplError(error, 'pipeline-failed');
      this.#unfinished.raise(`Node "${this.#context.node}": A recording in "${path.resolve(this.#settings.to)}" could not be finished: ${message}.`);
    });
  }

  #reportLoss(error: GstIplError): void {
    const hint = error.hint ? ` ${error.hint}` : '';
    this.#down.raise(`${error.message}${hint} Recording goes on as soon as it can.`);
  }

  #reportReturn({ droppedFrames }: Outage): void {
    this.#down.end(`Node "${this.#context.node}" records again; ${droppedFrames} frames were not recorded.`);
  }

  #report(): void {
    this.#reportFiles();
    this.#tell('recording_dropped_frames_total', this.#output.droppedFrames);
    this.#tell('recording_up', this.#output.connected ? 1 : 0);
  }

  #reportFiles(): void {
    this.#tell('recorded_segments_total', this.#segments);
    this.#tell('recorded_bytes_total', this.#bytes);
    this.#tell('recordings_kept_bytes', this.#retention.bytes);
  }
}

function tooSmall({ width, height }: VideoCaps): GstIplError {
  return new GstIplError('bad-caps', `A recording takes frames of ${LEAST_SIDE}x${LEAST_SIDE} pixels at least; these are ${width}x${height}.`, {
    hint: 'Let the source give larger ones, or put `videoscale` in front, in a `filter`.',
  });
}
