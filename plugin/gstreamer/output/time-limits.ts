/** How long an output may be silent, and waiting for no longer. Of silence: who works is not stuck (core/clocks/patience.ts). */
import { afterSilence, unlessStuck } from '../../core/clocks/patience';
import type { Frame } from '../../core/frames/frame';
import type { Inlet } from '../inlet';

/**
 * A sink that takes nothing for so long is stuck. Longer than a disk needs to wake, shorter than anyone's patience. Of silence:
 * an encoder that works on a large picture is none, and a process that is stopped neither.
 */
export const STALL_MS = 5_000;

/** How long a sink may be silent while it finishes, of the 3 s that a whole graph has on SIGTERM. An encoder at work is not. */
export const FINISH_MS = 2_000;

/** Of a peer. Well within the silence after which a graph takes an end to be stuck (graph/run/open-ends.ts), so that a server that does not answer is no error of a run that has sent all. */
export const SENT_MS = 1_000;
export const GOODBYE_MS = 500;

/** Resolves with the promise, or with false after so long a silence. */
export async function unlessSilent(milliseconds: number, promise: Promise<boolean>): Promise<boolean> {
  let endWatch: () => void = () => undefined;
  const silent = new Promise<boolean>((resolve) => (endWatch = afterSilence(milliseconds, () => resolve(false))));
  const result = await Promise.race([promise, silent]);
  endWatch();
  return result;
}

/** Whether a frame was taken. */
export function takenBy(inlet: Inlet, frame: Frame): Promise<boolean> {
  return new Promise((resolve, reject) => {
    unlessStuck(STALL_MS, inlet.consume(frame), () => resolve(false)).then(() => resolve(true), reject);
  });
}
