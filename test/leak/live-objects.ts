/** How many JavaScript objects are alive. Bytes wobble, as caches and compiled code do; objects can be counted exactly. */
import { setTimeout as pause } from 'node:timers/promises';
import { queryObjects } from 'node:v8';

/** Threads and connections let go of theirs within moments: the least of some counts. */
const MOMENTS = 5;
const MOMENT_MS = 50;

/** All that have Object's prototype among theirs, so functions, too, and none of V8's own. After a collection. */
async function liveObjects(): Promise<number> {
  let least = Infinity;
  for (let moment = 0; moment < MOMENTS; moment += 1) {
    await pause(MOMENT_MS);
    least = Math.min(least, Number(queryObjects(Object)));
  }
  return least;
}

/**
 * Does something again and again.
 * @param warm times before: what is made once is made then
 * @returns how many objects stay each time
 */
export async function keptBy(once: () => Promise<void>, { warm, times }: { readonly warm: number; readonly times: number }): Promise<number> {
  for (let done = 0; done < warm; done += 1) await once();
  const before = await liveObjects();
  for (let done = 0; done < times; done += 1) await once();
  return ((await liveObjects()) - before) / times;
}
