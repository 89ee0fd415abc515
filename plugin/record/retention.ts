/** How much is kept: the oldest recordings go first. Only files that bear a recording's name are ever removed. */
import { statfs } from 'node:fs/promises';
import { GstIplError } from '../core/errors';
import type { Option } from '../core/options';
import { parseBytes } from '../core/quantities';
import { Ages, timeOf } from './ages';
import { systemClocks, type Clocks } from './clocks';
import type { Segment, SegmentFiles } from './segment-files';

export interface Keep {
  /** Bytes of all recordings in the folder. */
  readonly bytes?: number;
  readonly milliseconds?: number;
}

const HOURS: Readonly<Record<string, number>> = { h: 1, d: 24 };
const HOUR_MS = 3_600_000;

export const keepOption: Option<Keep> = {
  summary: 'How much to keep: a size (20GB), an age (12h, 7d), or both in a list. The oldest are removed.',
  syntax: 'all | size | age | [size, age]',
  fallback: {},
  defaultText: 'all: nothing is removed that nobody said may go',
  required: false,
  schema: {
    oneOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: 2 }],
  },
  read(value) {
    if (value === 'all') return {};
    const keep = (Array.isArray(value) ? value : [value]).map((item) => readLimit(item));
    const merged = Object.assign({}, ...keep) as Keep;
    if (keep.length > 0 && Object.keys(merged).length === keep.length) return merged;
    throw new GstIplError('bad-option', `expected one size and one age, but got ${JSON.stringify(value)}.`);
  },
};

function readLimit(value: unknown): Keep {
  const [, digits, unit] = /^\s*(\d+(?:\.\d+)?)\s*([hd])\s*$/.exec(String(value)) ?? [];
  const milliseconds = Number(digits) * (HOURS[unit ?? ''] ?? NaN) * HOUR_MS;
  if (milliseconds > 0) return { milliseconds };
  try {
    return { bytes: parseBytes(String(value)) };
  } catch {
    throw new GstIplError('bad-option', `expected all, a size such as 20GB, or an age such as 7d, but got ${JSON.stringify(value)}.`);
  }
}

/** What must be free before a segment is begun: a few seconds of 4K pictures, and the file system's own needs. */
export const LEAST_ROOM = 8_000_000;

export class Retention {
  readonly #keep: Keep;
  readonly #files: SegmentFiles;
  readonly #ages: Ages;
  /** Oldest first. */
  #segments: Segment[] = [];

  /** @param warn hears of clocks that cannot be right */
  constructor(keep: Keep, files: SegmentFiles, warn: (message: string) => void = () => undefined, clocks: Clocks = systemClocks) {
    this.#keep = keep;
    this.#files = files;
    const ignore = keep.milliseconds === undefined; // Then no age matters.
    this.#ages = new Ages(keep.milliseconds ?? Infinity, clocks, ignore ? () => undefined : warn);
  }

  /** Whether old recordings may be removed. */
  get limited(): boolean {
    return this.#keep.bytes !== undefined || this.#keep.milliseconds !== undefined;
  }

  get bytes(): number {
    return this.#segments.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  async prepare(): Promise<void> {
    this.#segments = (await this.#files.list()).sort((a, b) => timeOf(a) - timeOf(b));
    this.#ages.find(this.#segments);
    await this.apply();
  }

  /** Somebody may have removed recordings, or their folder. */
  reconcile(): void {
    this.#segments = this.#segments.filter((segment) => {
      const there = this.#files.has(segment.name);
      if (!there) this.#ages.forget(segment);
      return there;
    });
  }

  add(segment: Segment): void {
    this.#segments.push(segment);
    this.#ages.add(segment);
  }

  /** Looks whether the clock was set; call often. */
  async watch(): Promise<void> {
    const changes = this.#ages.watch();
    if (this.#keep.milliseconds === undefined) return;
    for (const [name, time] of changes) await this.#files.setTime(name, time);
  }

  /** Removes what is over the limits, but never the newest. */
  async apply(): Promise<void> {
    const { bytes = Infinity } = this.#keep;
    await this.watch();
    let sum = this.bytes;
    for (let [oldest, next] = this.#segments; oldest && next; [oldest, next] = this.#segments) {
      if (sum <= bytes && !this.#ages.tooOld(oldest)) break;
      sum -= await this.#removeOldest();
    }
  }

  /**
   * Removes old recordings, where they may be removed, until there is room.
   * @returns whether there is
   */
  async makeRoom(bytes = LEAST_ROOM): Promise<boolean> {
    for (;;) {
      if ((await this.freeBytes()) >= bytes) return true;
      if (!this.limited || this.#segments.length === 0) return false;
      await this.#removeOldest();
    }
  }

  async freeBytes(): Promise<number> {
    const { bavail, bsize } = await statfs(this.#files.folder);
    return bavail * bsize;
  }

  async #removeOldest(): Promise<number> {
    const oldest = this.#segments.shift();
    if (!oldest) return 0;
    this.#ages.forget(oldest);
    await this.#files.remove(oldest.name);
    return oldest.bytes;
  }
}
