/** An HLS folder (RFC 8216): segments as MPEG transport streams, and a playlist of the latest. */
import { mkdir, open, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import { GstIplError } from '../core/errors';
import { literalName } from '../core/files/name-pattern';
import { formatBytes } from '../core/quantities';
import { launch } from '../gstreamer/launch/launch';
import { readPast } from './hls-past';
import { MUXER } from './routes';

/** A player begins three segments back (RFC 8216, 6.3.3): so this is a third of its delay, and the key frame interval. */
export const SEGMENT_SECONDS = 2;

/** 12 s: a player that was away for a moment goes on where it was. */
const LISTED = 6;

/** A segment stays for as long as it may still be on its way to a player (6.2.2). */
const KEPT = LISTED * 2;

/** Twelve segments of a few megabits a second. */
const LEAST_ROOM = 8_000_000;

export const PLAYLIST = 'live.m3u8';
const SEGMENT = /^segment-\d+\.ts$/;
const OPEN = /^\.open-\d+\.ts$/;
/** All that a folder's files are called. */
export const HLS_FILES = new RegExp(`^${PLAYLIST.replace('.', '\\.')}$|${SEGMENT.source}|${OPEN.source}`);

interface Entry {
  readonly name: string;
  readonly seconds: number;
  /** Another encoder than that of the segment before. */
  readonly discontinuity: boolean;
}

interface OpenSegment {
  /** Running times. */
  readonly begin: number;
  /** Once it is closed: what splitmuxsink was at when it said so, which may be a picture before the segment's end. */
  closed?: number;
}

export class HlsFolder {
  readonly #folder: string;
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

  constructor(folder: string) {
    this.#folder = folder;
    // Counted on from the clock, so that the numbers go on for a player even where the folder was emptied meanwhile.
    this.#nextNumber = Math.floor(Date.now() / 1000 / SEGMENT_SECONDS);
  }

  /**
   * Makes the folder and goes on where an earlier run ended: its segments are not listed any more, but stay for a player
   * that is at them, until as many new ones have come. Other files are not touched.
   */
  async prepare(): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    const names = await readdir(this.#folder);
    for (const name of names.filter((other) => OPEN.test(other))) await this.#remove(name);
    const segments = names.filter((name) => SEGMENT.test(name));
    const past = await readPast(this.#folder, PLAYLIST, segments);
    this.#nextNumber = Math.max(this.#nextNumber, past.next);
    this.#discontinuities = past.discontinuities;
    this.#longest = Math.max(this.#longest, past.longest);
    this.#gone = segments.sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  }

  /**
   * The launch fragment behind the encoder.
   * @param cut what makes splitmuxsink begin a segment
   * @throws GstIplError when the disk has no room
   */
  async launch(cut: string): Promise<string> {
    if ((await mkdir(this.#folder, { recursive: true })) !== undefined) this.#restart();
    const { bavail, bsize } = await statfs(this.#folder);
    if (bavail * bsize < LEAST_ROOM) {
      throw new GstIplError('pipeline-failed', `The disk of "${this.#folder}" has less than ${formatBytes(LEAST_ROOM)} left.`, {
        hint: 'Free some room.',
      });
    }
    this.#discontinuity = true;
    this.#open.clear();
    const pattern = path.join(literalName(path.resolve(this.#folder)), '.open-%05d.ts');
    return (
      `splitmuxsink name=${MUXER} ${launch`location=${pattern}`} ${cut} ` +
      'async-finalize=true muxer-factory=mpegtsmux sink-properties="properties,async=(boolean)false,sync=(boolean)false"'
    );
  }

  async opened(location: string, runningTime: number): Promise<void> {
    this.#open.set(location, { begin: runningTime });
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
      const [location, { begin, closed }] = first;
      const end = second?.[1].begin ?? (over ? (closed ?? Math.max(begin, last)) : undefined);
      if (end === undefined || (closed === undefined && !over)) return;
      this.#open.delete(location);
      const name = `segment-${this.#nextNumber}.ts`;
      if (closed === undefined && !(await hasContent(location))) continue;
      await rename(location, path.join(this.#folder, name));
      this.#nextNumber += 1;
      await this.#list({ name, seconds: (end - begin) / 1e9, discontinuity: this.#discontinuity });
      this.#discontinuity = false;
    }
  }

  /** The folder was taken away, and what was listed with it: no player can fetch that any more. */
  #restart(): void {
    this.#discontinuities += this.#entries.filter(({ discontinuity }) => discontinuity).length;
    this.#entries = [];
    this.#gone = [];
  }

  async #list(entry: Entry): Promise<void> {
    this.#entries.push(entry);
    while (this.#entries.length > LISTED) {
      const first = this.#entries.shift();
      if (!first) break;
      if (first.discontinuity) this.#discontinuities += 1;
      this.#gone.push(first.name);
    }
    await this.#write(false);
    while (this.#gone.length > KEPT - LISTED) await this.#remove(this.#gone.shift() ?? '');
  }

  async #write(ended: boolean): Promise<void> {
    const file = path.join(this.#folder, PLAYLIST);
    // In one step, so that no player reads half a playlist; and on the disk, because the next run goes on from it.
    const handle = await open(`${file}.new`, 'w');
    try {
      await handle.writeFile(this.#text(ended));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(`${file}.new`, file);
  }

  #text(ended: boolean): string {
    this.#longest = Math.max(this.#longest, ...this.#entries.map(({ seconds }) => Math.round(seconds)));
    const lines = [
      '#EXTM3U',
      '#EXT-X-VERSION:3',
      `#EXT-X-TARGETDURATION:${this.#longest}`,
      `#EXT-X-MEDIA-SEQUENCE:${this.#nextNumber - this.#entries.length}`,
      `#EXT-X-DISCONTINUITY-SEQUENCE:${this.#discontinuities}`,
      '#EXT-X-INDEPENDENT-SEGMENTS',
    ];
    for (const { name, seconds, discontinuity } of this.#entries) {
      if (discontinuity) lines.push('#EXT-X-DISCONTINUITY');
      lines.push(`#EXTINF:${seconds.toFixed(3)},`, name);
    }
    if (ended) lines.push('#EXT-X-ENDLIST');
    return `${lines.join('\n')}\n`;
  }

  async #remove(name: string): Promise<void> {
    await rm(path.join(this.#folder, name), { force: true });
  }
}

async function hasContent(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  return (found?.size ?? 0) > 0;
}
