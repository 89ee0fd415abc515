/**
 * Pictures cross the border between Node and GStreamer one at a time, with a turn of the event loop in between: what goes in
 * is copied on the event loop, and libuv would hand over all that are ready in one go. At 4K that is 1.5 ms instead of 6.
 */

/** A picture that was announced is there. Should one not come (a flush in its pipeline), the others do not wait for it. */
const PATIENCE_MS = 100;

let last: Promise<unknown> = Promise.resolve();

export function oneAtATime<T>(cross: () => Promise<T> | T): Promise<T> {
  const mine = last.then(cross);
  last = settled(mine).then(nextTurn);
  return mine;
}

async function settled(work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((resolve) => (timer = setTimeout(resolve, PATIENCE_MS)));
  await Promise.race([work.catch(() => undefined), late]);
  clearTimeout(timer);
}

/** The first callback may still run in this turn. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
}
