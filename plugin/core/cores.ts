/** The cores that this process works on: all of the machine's, or its share where several processes work side by side. */
import { availableParallelism } from 'node:os';

let share: number | undefined;

export const cores = (): number => share ?? availableParallelism();

/** Threads that are started from now on are as many. */
export function useCores(count: number): void {
  share = count;
}

/** Of each of `lanes` processes that work side by side. */
export const sharedAmong = (lanes: number): number => Math.max(1, Math.round(availableParallelism() / lanes));
