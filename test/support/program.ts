/** What the kernel tells of a program that the launcher started. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** The process that the launcher started. */
export function programOf(launcher: number | undefined): string | undefined {
  const file = `/proc/${launcher}/task/${launcher}/children`;
  const [program = ''] = existsSync(file) ? readFileSync(file, 'utf8').trim().split(' ') : [];
  return program === '' ? undefined : program;
}

const STILL_MS = 2_000;

/** What its threads do: whether one works or wants to, and for how many milliseconds they have. */
function workOf(program: string): { readonly wanted: boolean; readonly done: number } {
  const threads = readdirSync(`/proc/${program}/task`).map((thread) => `/proc/${program}/task/${thread}`);
  // proc(5): behind the name, the state; S sleeps.
  const states = threads.map((thread) => /\) (\w) /.exec(readFileSync(`${thread}/stat`, 'utf8'))?.[1]);
  const done = threads.reduce((sum, thread) => sum + Number(readFileSync(`${thread}/schedstat`, 'utf8').split(' ')[0]) / 1e6, 0);
  return { wanted: states.some((state) => state !== 'S'), done };
}

/**
 * Looks for two seconds whether a program does anything, or waits for a processor or a disk.
 * @param library a part of the name of one that it loads before what may hang; without it, it has not come that far
 */
export async function standsStill(launcher: number | undefined, library: string): Promise<boolean> {
  const program = programOf(launcher);
  try {
    if (program === undefined || !readFileSync(`/proc/${program}/maps`, 'utf8').includes(library)) return false;
    const before = workOf(program).done;
    for (const end = performance.now() + STILL_MS; performance.now() < end; ) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      const { wanted, done } = workOf(program);
      if (wanted || done - before > 20) return false;
    }
    return true;
  } catch {
    return false; // A thread, or all of it, has ended meanwhile.
  }
}
