/** Highlights that are brighter than the peak are brought below it, smoothly, as BT.2390 does it (5.4.1): in codes of PQ. */
import { lightOfPq, pqOfLight } from './transfer';

/**
 * @param peak of what is shown, in cd/m2
 * @param top brightest light that there may be; up to the peak nothing is rolled off
 * @returns cd/m2 of cd/m2; undefined where all light stays as it is
 */
export function rollOff(peak: number, top: number): ((light: number) => number) | undefined {
  if (top <= peak) return undefined;
  const code = (light: number): number => pqOfLight(light / 10_000);
  const end = code(top);
  const most = code(peak) / end;
  const knee = 1.5 * most - 0.5;
  return (light) => {
    const given = Math.min(1, code(light) / end);
    if (given <= knee) return light;
    const t = (given - knee) / (1 - knee);
    // A cubic of Hermite's: it leaves the knee as the line that comes there, and arrives at the peak level.
    const rolled = (2 * t ** 3 - 3 * t ** 2 + 1) * knee + (t ** 3 - 2 * t ** 2 + t) * (1 - knee) + (3 * t ** 2 - 2 * t ** 3) * most;
    return lightOfPq(rolled * end) * 10_000;
  };
}
