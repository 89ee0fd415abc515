/**
 * An HLS folder (RFC 8216): segments, and a playlist of the latest. H.264 in MPEG transport streams, which everything plays; H.265 in
 * fragmented MP4, as players want it, with a header for each encoder (`init-N.mp4`) and a playlist that says what it is (hls-master.ts).
 */
import { readFile, rename, rm, statfs, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { GstIplError } from '../core/errors';
import { literalName } from '../core/files/name-pattern';
import { formatBytes } from '../core/quantities';
import type { VideoCodec } from '../gstreamer/output/encoder';
import { launch } from '../gstreamer/launch/launch';
import type { VideoCaps } from '../core/frames/video-caps';
import { segmentOf, type SegmentTimes } from './fragmented';
import { MASTER, masterText, shownBy, type Shown } from './hls-master';
import { readPast } from './hls-past';
import { MUXER } from './routes';
import { hasContent, HlsStore } from './hls-store';

/** A player begins three segments back (RFC 8216, 6.3.3): so this is a third of its delay, and the key frame interval. */
export const SEGMENT_SECONDS = 2;

/** 12 s: a player that was away for a moment goes on where it was. */
const LISTED = 6;

/** A segment stays for as long as it may still be on its way to a player (6.2.2). */
const KEPT = LISTED * 2;

/** Twelve segments of a few megabits a second. */
const LEAST_ROOM = 8_000_000;

export const PLAYLIST = 'live.m3u8';
const SEGMENT = /^segment-(\d+)\.(?:ts|m4s)$/;
const OPEN = /^\.open-\d+\.(?:ts|mp4)$/;
/** By the number of the first segment that it is for. */
const INIT = /^init-(\d+)\.mp4$/;
/** All that a folder's files are called. */
export const HLS_FILES = new RegExp(`^(?:${PLAYLIST}|${MASTER})$|${SEGMENT.source}|${OPEN.source}|${INIT.source}`);

/** What the form of segments is made by. */
const FORMS = {
  ts: { muxer: 'muxer-factory=mpegtsmux', elements: ['mpegtsmux', 'splitmuxsink'], open: 'ts', segment: 'ts' },
  // Fragments that are much shorter than a segment: what a kill cuts short is readable up to the last.
  mp4: { muxer: 'muxer-factory=mp4mux muxer-properties="properties,fragment-duration=(uint)500"', elements: ['mp4mux', 'splitmuxsink'], open: 'mp4', segment: 'm4s' },
} as const;
export type HlsForm = keyof typeof FORMS;

export const hlsForm = (codec: VideoCodec): HlsForm => (codec === 'h264' ? 'ts' : 'mp4');

/** Names of the elements that a form needs. */
export const hlsElements = (form: HlsForm): readonly string[] => FORMS[form].elements;

/** Bits a second that a bandwidth is rounded up to: so the playlist that has it is seldom written anew. */
const BANDWIDTH_STEP = 100_000;

interface Entry {
  /** The header of its form, where it has one. */
  readonly init?: string | undefined;
  readonly name: string;
  readonly seconds: number;
  /** Another encoder than that of the segment before. */
  readonly discontinuity: boolean;
}

interface OpenSegment {
  /** Running times. */
  readonly begin: number;
  readonly sound?: number | undefined;
  /** Once it is closed: what splitmuxsink was at when it said so, which may be a picture before the segment's end. */
  closed?: number;
}

export class HlsFolder {
  readonly #folder: string;
  readonly #store: HlsStore;
  #entries: Entry[] = [];
  /** Names of segments that left the playlist, oldest first. */
  #gone: string[] = [];
  #nextNumber: number;
  #discontinuities = 0;
  #discontinuity = true;
  /** Seconds; players were told that none is longer, and that does not change but for one that is. */
  #longest = SEGMENT_SECONDS;
  /**
   * Segments that are not listed, in their order, by the name that splitmuxsink knows. It finishes them beside each other, so
   * the next may be opened before one is closed, and closed before it, too.
   */
  readonly #open = new Map<string, OpenSegment>();

  readonly #form: HlsForm;
  #shown: Shown | undefined;
  /** The header that segments have now, and what it is. */
  #init: string | undefined;
  #codecs: readonly string[] = [];
  #bandwidth = 0;
  #master = '';

  constructor(folder: string, form: HlsForm = 'ts') {
    this.#folder = folder;
    this.#store = new HlsStore(folder);
    this.#form = form;
    // Counted on from the clock, so that the numbers go on for a player even where the folder was emptied meanwhile.
    this.#nextNumber = Math.floor(Date.now() / 1000 / SEGMENT_SECONDS);
  }

  /**
   * Makes the folder and goes on where an earlier run ended: its segments are not listed any more, but stay for a player
   * that is at them, until as many new ones have come. Other files are not touched.
   */
  async prepare(): Promise<void> {
    await this.#store.make();
    const names = await this.#store.names();
    for (const name of names.filter((other) => OPEN.test(other))) await this.#store.remove(name);
    const segments = names.filter((name) => SEGMENT.test(name));
    const past = await readPast(this.#folder, PLAYLIST, segments);
    this.#nextNumber = Math.max(this.#nextNumber, past.next);
    this.#discontinuities = past.discontinuities;
    this.#longest = Math.max(this.#longest, past.longest);
    this.#gone = segments.sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  }

  /**
   * The launch fragment behind the encoder.
   * @param caps of the pictures
   * @param cut what makes splitmuxsink begin a segment
   * @throws GstIplError when the disk has no room
   */
  async launch(cut: string, caps: VideoCaps): Promise<string> {
    if (await this.#store.make()) this.#restart();
    const { bavail, bsize } = await statfs(this.#folder);
    if (bavail * bsize < LEAST_ROOM) {
      throw new GstIplError('pipeline-failed', `The disk of "${this.#folder}" has less than ${formatBytes(LEAST_ROOM)} left.`, {
        hint: 'Free some room.',
      });
    }
    this.#discontinuity = true;
    this.#init = undefined;
    this.#shown = shownBy(caps);
    this.#open.clear();
    const { muxer, open: ending } = FORMS[this.#form];
    const pattern = path.join(literalName(path.resolve(this.#folder)), `.open-%05d.${ending}`);
    return (
      `splitmuxsink name=${MUXER} ${launch`location=${pattern}`} ${cut} ` +
      `async-finalize=true ${muxer} sink-properties="properties,async=(boolean)false,sync=(boolean)false"`
    );
  }

  /** @param sound running time at which its sound begins, where that is another */
  async opened(location: string, runningTime: number, sound?: number): Promise<void> {
    this.#open.set(location, { begin: runningTime, sound });
    await this.#listClosed(false);
  }

  /** A segment is whole. */
  async closed(location: string, runningTime: number): Promise<void> {
    const segment = this.#open.get(location);
    if (!segment) return;
    segment.closed = runningTime;
    await this.#listClosed(false);
  }

  /**
   * Nothing more is written: lists what is there, also what was not closed; a transport stream is whole up to where it ends.
   * @param end running time at which the last picture ends
   */
  async flush(end = 0): Promise<void> {
    await this.#listClosed(true, end);
    this.#open.clear();
  }

  /** Tells players that nothing more comes. */
  async end(): Promise<void> {
    if (this.#entries.length > 0) await this.#write(true);
  }

  /** Lists the first of the open ones, as long as they are closed and the next says where they end. */
  async #listClosed(over: boolean, last = 0): Promise<void> {
    for (;;) {
      const [first, second] = this.#open;
      if (!first) return;
      const [location, { begin, sound, closed }] = first;
      const end = second?.[1].begin ?? (over ? (closed ?? Math.max(begin, last)) : undefined);
      if (end === undefined || (closed === undefined && !over)) return;
      this.#open.delete(location);
      const name = `segment-${this.#nextNumber}.${FORMS[this.#form].segment}`;
      if (closed === undefined && !(await hasContent(location))) continue;
      const seconds = (end - begin) / 1e9;
      if (this.#form === 'ts') await rename(location, this.#store.placeOf(name));
      else if (!(await this.#takeFragments(location, name, { pictures: begin, sound }, seconds))) continue;
      this.#nextNumber += 1;
      await this.#list({ name, init: this.#init, seconds, discontinuity: this.#discontinuity });
      this.#discontinuity = false;
    }
  }

  /** Makes a segment of a file, and the header in front of the first. @returns whether there is anything in it */
  async #takeFragments(location: string, name: string, times: SegmentTimes, seconds: number): Promise<boolean> {
    const segment = segmentOf(await readFile(location), times);
    await rm(location);
    if (!segment) return false;
    const { header, media, codecs } = segment;
    // Somebody may have emptied the folder, or cleaned it by age: the header is as old as the run.
    if (this.#init === undefined || !(await this.#store.has(this.#init))) {
      this.#init ??= `init-${this.#nextNumber}.mp4`;
      this.#codecs = codecs;
      await writeFile(this.#store.placeOf(this.#init), header);
    }
    await writeFile(this.#store.placeOf(name), media);
    this.#bandwidth = Math.max(this.#bandwidth, BANDWIDTH_STEP * Math.ceil((8 * media.length) / Math.max(seconds, 0.1) / BANDWIDTH_STEP));
    return true;
  }

  /** The folder was taken away, and what was listed with it: no player can fetch that any more. */
  #restart(): void {
    this.#discontinuities += this.#entries.filter(({ discontinuity }) => discontinuity).length;
    this.#entries = [];
    this.#gone = [];
    this.#master = '';
  }

  async #list(entry: Entry): Promise<void> {
    await this.#forgetRemoved();
    this.#entries.push(entry);
    while (this.#entries.length > LISTED) {
      const first = this.#entries.shift();
      if (!first) break;
      if (first.discontinuity) this.#discontinuities += 1;
      this.#gone.push(first.name);
    }
    await this.#write(false);
    await this.#writeMaster();
    while (this.#gone.length > KEPT - LISTED) await this.#store.remove(this.#gone.shift() ?? '');
    await this.#removeInits();
  }

  /** What somebody else took out of the folder no player can fetch. It goes from the front on, as a cleaner by age does; a gap means that all before it is of no use. */
  async #forgetRemoved(): Promise<void> {
    const there = await Promise.all(this.#entries.map(({ name }) => this.#store.has(name)));
    const gone = this.#entries.splice(0, there.lastIndexOf(false) + 1);
    this.#discontinuities += gone.filter(({ discontinuity }) => discontinuity).length;
    this.#gone.push(...gone.map(({ name }) => name));
  }

  /** A header stays as long as a segment that it is for: up to where the next one begins. */
  async #removeInits(): Promise<void> {
    if (this.#form === 'ts') return;
    const [oldest = ''] = [...this.#gone, ...this.#entries.map(({ name }) => name)];
    const least = Number(SEGMENT.exec(oldest)?.[1] ?? 0);
    const numbers = (await this.#store.names()).flatMap((name) => INIT.exec(name)?.[1] ?? []).map(Number).sort((a, b) => a - b);
    for (const [index, number] of numbers.entries()) if ((numbers[index + 1] ?? Infinity) <= least) await this.#store.remove(`init-${number}.mp4`);
  }

  async #writeMaster(): Promise<void> {
    if (this.#form === 'ts' || !this.#shown) return;
    const text = masterText(this.#shown, this.#codecs, this.#bandwidth, PLAYLIST);
    if (text === this.#master && (await this.#store.has(MASTER))) return;
    await this.#store.put(MASTER, text);
    this.#master = text;
  }

  #write(ended: boolean): Promise<void> {
    return this.#store.put(PLAYLIST, this.#text(ended));
  }

  #text(ended: boolean): string {
    this.#longest = Math.max(this.#longest, ...this.#entries.map(({ seconds }) => Math.round(seconds)));
    const lines = [
      '#EXTM3U',
      `#EXT-X-VERSION:${this.#form === 'ts' ? 3 : 7}`,
      `#EXT-X-TARGETDURATION:${this.#longest}`,
      `#EXT-X-MEDIA-SEQUENCE:${this.#nextNumber - this.#entries.length}`,
      `#EXT-X-DISCONTINUITY-SEQUENCE:${this.#discontinuities}`,
      '#EXT-X-INDEPENDENT-SEGMENTS',
    ];
    let last: string | undefined;
    for (const { name, init, seconds, discontinuity } of this.#entries) {
      if (discontinuity) lines.push('#EXT-X-DISCONTINUITY');
      if (init !== last && init !== undefined) lines.push(`#EXT-X-MAP:URI="${init}"`);
      last = init;
      lines.push(`#EXTINF:${seconds.toFixed(3)},`, name);
    }
    if (ended) lines.push('#EXT-X-ENDLIST');
    return `${lines.join('\n')}\n`;
  }
}
