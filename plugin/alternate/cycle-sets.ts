/** Makes exposure sets of frames whose places in the cycle are known. */
import { deriveFrame, type ExposureSet, type Frame } from '../core/frames/frame';
import { parseVideoCaps, type VideoCaps } from '../core/frames/video-caps';

interface Labelled {
  readonly slot: number;
  readonly phase: number;
  readonly frame: Frame;
}

export type Output = 'cycle' | 'frame';

export class CycleSets {
  readonly #output: Output;
  #recent: Labelled[] = [];
  #slowed: { readonly from: VideoCaps; readonly to: VideoCaps } | undefined;

  constructor(output: Output) {
    this.#output = output;
  }

  /**
   * Adds a frame of a certain exposure.
   * @param names of the exposures by their places in the cycle
   * @param order of places in which the frames of a set stand
   */
  add(labelled: Labelled, names: readonly string[], order: readonly number[]): ExposureSet | undefined {
    const { length } = names;
    this.#recent = [...this.#recent, labelled].slice(-length);
    const whole = this.#recent.length === length && labelled.slot - (this.#recent[0]?.slot ?? 0) === length - 1;
    const same = this.#recent.every(({ frame }) => frame.caps.text === labelled.frame.caps.text);
    if (!whole || !same) return undefined;
    if (this.#output === 'cycle' && labelled.phase !== length - 1) return undefined;
    const branches = order.map((phase) => names[phase] ?? '');
    const frames = order.flatMap((phase) => this.#frameOf(phase, length));
    const origins = [...new Set(frames.flatMap((frame) => frame.origins))];
    const set: ExposureSet = { kind: 'exposures', frames, branches, origins };
    return this.#output === 'frame' ? { ...set, reference: names[labelled.phase] ?? '' } : set;
  }

  clear(): void {
    this.#recent = [];
  }

  #frameOf(phase: number, length: number): Frame[] {
    const frame = this.#recent.find((labelled) => labelled.phase === phase)?.frame;
    if (!frame) return [];
    // A frame is in several sets, each of which would take its payload.
    if (this.#output === 'frame') return [{ ...frame, shared: true }];
    const duration = frame.duration === undefined ? undefined : frame.duration * BigInt(length);
    return [deriveFrame(frame, { duration, caps: this.#slow(frame.caps, length) })];
  }

  /** Caps of a stream that has one picture for each cycle. */
  #slow(from: VideoCaps, length: number): VideoCaps {
    if (this.#slowed?.from === from) return this.#slowed.to;
    const { numerator, denominator } = from.framerate;
    const text = from.text.replace(/(framerate=\s*(?:\(fraction\))?)\d+\/\d+/, `$1${numerator}/${denominator * length}`);
    const to = numerator > 0 ? parseVideoCaps(text) : from;
    this.#slowed = { from, to };
    return to;
  }
}
