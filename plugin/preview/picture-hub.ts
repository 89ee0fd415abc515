/**
 * Keeps the newest pictures, and gives each viewer the newest that it has not seen, when it asks: a slow browser gets
 * fewer pictures, and the chain never waits for one. Without a viewer nothing is encoded.
 */
import type { Frame, LineUpView, WeightMap } from '../core/frames/frame';
import type { Nanoseconds } from '../core/time';
import { PictureEncoder } from './picture-encoder';
import { WAIT_MS } from './pictures-question';
import { isHdr } from './tone-map';

/** A viewer asks again within this, or is gone. */
const WATCHED_MS = 5_000;

/** A fused picture comes some pictures after its exposures, which are kept for it while somebody watches. */
const MOST_KEPT = 32;
const KEPT_BYTES = 96 * 1024 * 1024;

/** More browsers than watch one chain at a time. */
const MOST_WAITING = 32;

export interface HubSettings {
  /** Names of the streams; the first is the fused one. */
  readonly streams: readonly string[];
  /** Pixels. */
  readonly width: number;
  /** Pictures a second at most. */
  readonly rate: number;
}

/** One instant of all streams. */
export interface Capture {
  readonly sequence: number;
  readonly runningTime: Nanoseconds;
  readonly weightMap: WeightMap | undefined;
  readonly lineUp: LineUpView | undefined;
  /** By stream; undefined where it has given nothing yet. */
  readonly frames: readonly (Frame | undefined)[];
}

export interface Still {
  readonly file: Buffer;
  readonly runningTime: Nanoseconds;
}

interface Waiting {
  readonly after: number;
  resolve(capture: Capture | undefined): void;
}

export class PictureHub {
  readonly #settings: HubSettings;
  readonly #encoders: PictureEncoder[];
  readonly #stills = PictureEncoder.png();
  /** By stream, oldest first. */
  readonly #kept: Frame[][];
  readonly #waiting = new Set<Waiting>();
  readonly #files = new WeakMap<Frame, Promise<Buffer | undefined>>();
  #still: Promise<Still | undefined> | undefined;
  #current: Capture | undefined;
  #captured = -Infinity;
  #asked = -Infinity;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(settings: HubSettings) {
    this.#settings = settings;
    this.#encoders = settings.streams.map(() => PictureEncoder.jpeg(settings.width));
    this.#kept = settings.streams.map(() => []);
  }

  /** Takes a picture of a stream; returns at once. */
  offer(stream: number, frame: Frame): void {
    const kept = this.#kept[stream];
    if (!kept || this.#closed) return;
    kept.push(frame);
    kept.splice(0, kept.length - (stream === 0 ? 1 : this.#capacityFor(frame)));
    if (stream === 0) this.#serve();
  }

  /** Names of the streams that are HDR, and shown as an SDR screen can. */
  get toneMapped(): string[] {
    return this.#settings.streams.filter((_, stream) => {
      const last = this.#kept[stream]?.at(-1);
      return last !== undefined && isHdr(last.caps);
    });
  }

  /** Whether no more viewers can wait. */
  get busy(): boolean {
    return this.#closed || this.#waiting.size >= MOST_WAITING;
  }

  /**
   * The newest instant after the one that the viewer has; undefined when none comes in time.
   * @param signal aborts when the viewer is gone
   */
  next(after: number, signal?: AbortSignal): Promise<Capture | undefined> {
    this.#asked = performance.now();
    if (this.busy) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const waiting: Waiting = {
        after,
        resolve: (capture) => {
          clearTimeout(timer);
          this.#waiting.delete(waiting);
          resolve(capture);
        },
      };
      const timer = setTimeout(() => waiting.resolve(undefined), WAIT_MS);
      signal?.addEventListener('abort', () => waiting.resolve(undefined), { once: true });
      this.#waiting.add(waiting);
      this.#serve();
    });
  }

  /** A stream's picture of an instant as JPEG; made once for all viewers. */
  jpeg(capture: Capture, stream: number): Promise<Buffer | undefined> {
    const frame = capture.frames[stream];
    const encoder = this.#encoders[stream];
    if (!frame || !encoder) return Promise.resolve(undefined);
    let file = this.#files.get(frame);
    if (!file) this.#files.set(frame, (file = encoder.encode(frame)));
    return file;
  }

  /** The newest fused picture, with all its pixels, as PNG; undefined before the first. One for all who ask meanwhile. */
  still(): Promise<Still | undefined> {
    this.#still ??= this.#makeStill().finally(() => (this.#still = undefined));
    return this.#still;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    for (const waiting of this.#waiting) waiting.resolve(undefined);
    for (const kept of this.#kept) kept.length = 0;
    await Promise.all([...this.#encoders, this.#stills].map((encoder) => encoder.close()));
  }

  async #makeStill(): Promise<Still | undefined> {
    const frame = this.#kept[0]?.at(-1);
    const file = frame && (await this.#stills.encode(frame));
    return frame && file ? { file, runningTime: frame.runningTime } : undefined;
  }

  #capacityFor(frame: Frame): number {
    if (performance.now() - this.#asked > WATCHED_MS) return 1;
    const each = frame.payload.length * Math.max(1, this.#kept.length - 1);
    return Math.max(1, Math.min(MOST_KEPT, Math.floor(KEPT_BYTES / each)));
  }

  /** Answers those who wait, with what there is or, when it is time for one, a new instant. */
  #serve(): void {
    if (this.#waiting.size === 0) return;
    const wait = this.#captured + 1000 / this.#settings.rate - performance.now();
    if (wait <= 0) this.#capture();
    for (const waiting of this.#waiting) {
      if (this.#current && this.#current.sequence > waiting.after) waiting.resolve(this.#current);
    }
    if (wait <= 0) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#serve(), wait);
  }

  #capture(): void {
    const fused = this.#kept[0]?.at(-1);
    if (!fused || fused === this.#current?.frames[0]) return;
    this.#captured = performance.now();
    const frames = this.#kept.map((kept) => nearestTo(fused.runningTime, kept));
    const sequence = (this.#current?.sequence ?? 0) + 1;
    this.#current = { sequence, runningTime: fused.runningTime, weightMap: fused.weightMap, lineUp: fused.lineUp, frames };
  }
}

function nearestTo(time: Nanoseconds, frames: readonly Frame[]): Frame | undefined {
  const distance = ({ runningTime }: Frame): bigint => (runningTime > time ? runningTime - time : time - runningTime);
  return frames.reduce<Frame | undefined>((best, frame) => (!best || distance(frame) < distance(best) ? frame : best), undefined);
}
