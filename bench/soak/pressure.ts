/** How much the machine was short of processors: a busy one costs pictures, and what comes late then is no fault of the chain. */
import { readFileSync } from 'node:fs';

/** Of Linux: microseconds for which something waited for a processor; undefined where the kernel does not count them. */
function waited(): number | undefined {
  try {
    return Number(/^some .*total=(\d+)/m.exec(readFileSync('/proc/pressure/cpu', 'utf8'))?.[1]);
  } catch {
    return undefined;
  }
}

/** Begins to measure. @returns a function that tells the share of the time since, 0 to 1, in which something waited */
export function watchPressure(): () => number | undefined {
  const [begin, since] = [waited(), performance.now()];
  return () => {
    const now = waited();
    return begin === undefined || now === undefined ? undefined : (now - begin) / 1000 / (performance.now() - since);
  };
}
