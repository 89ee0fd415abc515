/**
 * What a fused picture is in its stream: caps and time. Both are those of the reference branch, also in sets that lack it, so
 * that a camera that misses a frame now and then changes neither the frame rate nor the rhythm of the output.
 *
 * - The branch is settled by the first set: the reference where it is known and there, else whichever anchors the set. The
 *   reference takes over when it comes.
 * - Caps change only when those of the settled branch do, or when its pictures cannot be described by them any more because
 *   it is missing and the others have another size, format or range.
 * - In a set without it, time is where its frame would have been: each branch's distance to it is known from sets with both.
 */
import type { Frame } from '../core/frame';
import type { Nanoseconds } from '../core/time';
import type { VideoCaps } from '../core/video-caps';

export type Identity = Pick<Frame, 'caps' | 'runningTime' | 'duration'>;

/** What of a new distance is believed: stamps jitter, and free cameras drift by a few microseconds a frame. */
const GAIN = 1 / 8;

export class OutputIdentity {
  #branch: string | undefined;
  #caps: VideoCaps | undefined;
  #duration: Nanoseconds | undefined;
  /** By branch, nanoseconds from its frames to the settled branch's of the same sets. */
  readonly #distances = new Map<string, number>();
  #last: { readonly time: Nanoseconds; readonly guessed: boolean } | undefined;

  /**
   * @param names of the frames' branches
   * @param anchor index of the frame that has the picture's geometry
   * @param reference branch that decides, where all branches are known
   */
  of(frames: readonly Frame[], names: readonly string[], anchor: number, reference: string | undefined): Identity {
    const present = [reference, this.#branch].find((name) => name !== undefined && names.includes(name));
    const picture = frames[anchor];
    const own = present === undefined ? undefined : frames[names.indexOf(present)];
    if (own && fits(own.caps, picture.caps)) this.#chooseBranch(present, own);
    else if (!this.#caps || !fits(this.#caps, picture.caps)) this.#chooseBranch(names[anchor], picture);
    const settled = frames[names.indexOf(this.#branch ?? '')];
    if (settled) this.#learn(settled, frames, names);
    const time = this.#inOrder(settled ? settled.runningTime : this.#guess(frames, names, picture), settled === undefined);
    return { caps: this.#caps ?? picture.caps, runningTime: time, duration: settled ? settled.duration : (this.#duration ?? picture.duration) };
  }

  #chooseBranch(branch: string | undefined, { caps, duration }: Frame): void {
    if (branch !== this.#branch) this.#distances.clear();
    this.#branch = branch;
    this.#caps = caps;
    this.#duration = duration;
  }

  #learn(settled: Frame, frames: readonly Frame[], names: readonly string[]): void {
    for (const [index, frame] of frames.entries()) {
      const name = names[index] ?? '';
      const distance = Number(settled.runningTime - frame.runningTime);
      const known = this.#distances.get(name);
      // Free cameras change partners: by a whole frame at once.
      const near = known !== undefined && Math.abs(distance - known) < Number(settled.duration ?? 0n) / 2;
      this.#distances.set(name, near ? known + GAIN * (distance - known) : distance);
    }
  }

  #guess(frames: readonly Frame[], names: readonly string[], picture: Frame): Nanoseconds {
    const guesses = frames.flatMap((frame, index) => {
      const distance = this.#distances.get(names[index] ?? '');
      return distance === undefined ? [] : [Number(frame.runningTime - picture.runningTime) + distance];
    });
    if (guesses.length === 0) return picture.runningTime;
    return picture.runningTime + BigInt(Math.round(guesses.reduce((sum, guess) => sum + guess, 0) / guesses.length));
  }

  /** A guess and what comes after it may overlap by the jitter of their stamps; a muxer takes no time twice. */
  #inOrder(time: Nanoseconds, guessed: boolean): Nanoseconds {
    const last = this.#last;
    const overlaps = last !== undefined && (guessed || last.guessed) && time <= last.time && last.time - time < (this.#duration ?? 0n);
    const given = overlaps ? last.time + 1n : time;
    this.#last = { time: given, guessed };
    return given;
  }
}

/** Whether pictures of one kind can go under the caps of another. */
function fits(a: VideoCaps, b: VideoCaps): boolean {
  return a.format === b.format && a.width === b.width && a.height === b.height && a.range === b.range;
}
