/**
 * Whether a recording comes along: files are begun, one after the other. Time is that of the pictures, not of a clock: they may
 * come faster or slower than they were filmed.
 */
import { formatTime, SECOND, type Nanoseconds } from '../core/time';

/** Beyond the length of a segment: what encoders and queues hold, of slow cameras and of fast ones. Both must have passed. */
const GRACE = 10n * SECOND;
const GRACE_PICTURES = 300;

export class SegmentWatch {
  readonly #segment: Nanoseconds;
  /** Where the newest file begins; of a pipeline without one, where its first picture is. */
  #begin: Nanoseconds | undefined;
  /** Name of the newest file. */
  #newest = '';
  /** Pictures since a file was begun, by its name; of a pipeline without one, by none. */
  readonly #pictures = new Map<string, number>();
  /** Those that came when it was late already. */
  #late = 0;

  constructor(segment: Nanoseconds) {
    this.#segment = segment;
  }

  /** A pipeline is made. */
  restart(): void {
    this.#pictures.clear();
    this.#begin = undefined;
    this.#newest = '';
    this.#late = 0;
  }

  opened(file: string, runningTime: Nanoseconds): void {
    // The first file has the first picture, which came before it.
    const before = this.#newest === '' ? this.closed('') : 0;
    this.#pictures.set(file, before);
    this.#begin = runningTime;
    this.#newest = file;
    this.#late = 0;
  }

  /** @returns how many pictures came for it, give or take what an encoder holds */
  closed(file: string): number {
    const pictures = this.#pictures.get(file) ?? 0;
    this.#pictures.delete(file);
    return pictures;
  }

  /** Pictures that came for no file. */
  get homeless(): number {
    return this.#pictures.get('') ?? 0;
  }

  /** A picture was taken. @returns what is wrong, where no file was begun for too long */
  countPicture(runningTime: Nanoseconds): string | undefined {
    this.#begin ??= runningTime;
    this.#pictures.set(this.#newest, (this.#pictures.get(this.#newest) ?? 0) + 1);
    const age = runningTime - this.#begin;
    if (age > this.#segment + GRACE) this.#late += 1;
    if (this.#late < GRACE_PICTURES) return undefined;
    return `No new file was begun for ${formatTime(age)} of video, which is longer than a segment.`;
  }
}
