/** Where a recording is cut. */
import type { Nanoseconds } from '../core/time';
import { KeyFrames, type KeyFrame } from './key-frames';

/** As graph/run/part.ts takes it. */
export interface Segment {
  readonly from: Nanoseconds;
  readonly until: Nanoseconds | undefined;
  readonly leadIn: Nanoseconds;
  readonly leadOut: Nanoseconds;
}

export interface CutSettings {
  /** As long is a segment at most, but for the last, which may be half as long again; and for files whose key frames lie farther apart. */
  readonly every: Nanoseconds;
  /** Pictures that one fused picture is made of, in a row: those of a cycle where exposures alternate. */
  readonly cycle: number;
}

/**
 * Fused pictures. The cache is as new as the fusion itself makes it in 32 (ipl/engine/reuse.ts, `refresh`), how exposures lie is found in
 * fewer, and a cycle in three rounds.
 */
const LEAD_IN = 36n;

/** A partner, and the frames that leave no doubt of it. */
const LEAD_OUT = 6n;

/** Where nobody says how long a picture lasts. */
const USUAL: Nanoseconds = 40_000_000n;

/**
 * @param file the reference's
 * @returns segments in order, from the begin to the end; one where it is too short to cut, or cannot be cut
 */
export async function cutRecording(file: string, { every, cycle }: CutSettings): Promise<Segment[]> {
  const keys = await KeyFrames.open(file);
  if (!keys) return divide([], 0n, 0n);
  try {
    const first = await keys.before(0n);
    const { duration } = keys;
    const perPicture = (first?.frameDuration ?? USUAL) * BigInt(cycle);
    const leadIn = LEAD_IN * perPicture;
    const cuts = duration === undefined ? [] : await findCuts(keys, duration, every, leadIn);
    return divide(cuts, leadIn, LEAD_OUT * perPicture);
  } finally {
    await keys.close();
  }
}

async function findCuts(keys: Pick<KeyFrames, 'before'>, duration: Nanoseconds, every: Nanoseconds, leadIn: Nanoseconds): Promise<Nanoseconds[]> {
  const cuts: Nanoseconds[] = [];
  for (let target = every; duration - target > every / 2n; target += every) {
    const key: KeyFrame | undefined = target > leadIn ? await keys.before(target - leadIn) : undefined;
    // Between two cuts lies the key frame of the second: no segment is empty, whatever is missing from a recording.
    if (key && key.time > 0n && key.time >= (cuts.at(-1) ?? 0n)) cuts.push(key.time + leadIn);
  }
  return cuts;
}

function divide(cuts: readonly Nanoseconds[], leadIn: Nanoseconds, leadOut: Nanoseconds): Segment[] {
  return [0n, ...cuts].map((from, index) => ({ from, until: cuts[index], leadIn, leadOut }));
}
