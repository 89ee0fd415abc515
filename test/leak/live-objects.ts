/** How many JavaScript objects are alive. Bytes wobble, as caches and compiled code do; objects can be counted exactly. */
import { setTimeout as pause } from 'node:timers/promises';
import { queryObjects } from 'node:v8';

/** Threads and connections let go of theirs within moments: the least of some counts. */
const MOMENTS = 3;
const MOMENT_MS = 70;

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
 * Does something again and again, and counts now and then. What comes or goes once (a thread that is ended, since another one was made
 * while it was busy) is in one or two of the spans only: their median is what stays each time.
 * @param warm times before: what is made once is made then
 * @returns how many objects stay each time
 */
export async function keptBy(once: () => Promise<void>, { warm, spans, times }: { readonly warm: number; readonly spans: number; readonly times: number }): Promise<number> {
  for (let done = 0; done < warm; done += 1) await once();
  const kept: number[] = [];
  for (let before = await liveObjects(); kept.length < spans; ) {
    for (let done = 0; done < times; done += 1) await once();
    const after = await liveObjects();
    kept.push((after - before) / times);
    before = after;
  }
  return kept.sort((left, right) => left - right)[Math.floor(spans / 2)];
}
