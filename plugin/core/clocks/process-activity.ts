/** How much this process works, apart from the thread that asks: shows whether encoders are still busy or stuck. */
import { readdirSync, readFileSync } from 'node:fs';

export interface Activity {
  /** Milliseconds that threads had a processor. */
  readonly worked: number;
  /** Milliseconds that they waited for one: on a busy machine workers look idle without it, and idlers busy by it alone. */
  readonly waited: number;
  /** Bytes that were fetched from disks and networks' file systems, and written to them: slow ones keep no processor busy. */
  readonly moved: number;
}

/** Since the process began (https://docs.kernel.org/scheduler/sched-stats.html). Without these numbers of Linux: the work of all threads. */
export function activity(): Activity {
  try {
    const own = `${process.pid}`; // The main thread has the number of the process.
    let [nanosecondsWorked, nanosecondsWaited] = [0, 0];
    for (const thread of readdirSync('/proc/self/task')) {
      if (thread === own) continue;
      const [worked, waited] = statistics(thread);
      nanosecondsWorked += worked;
      nanosecondsWaited += waited;
    }
    return { worked: nanosecondsWorked / 1e6, waited: nanosecondsWaited / 1e6, moved: bytesMoved() };
  } catch {
    const { user, system } = process.cpuUsage();
    return { worked: (user + system) / 1e3, waited: 0, moved: 0 };
  }
}

/** See proc(5). What comes out of the kernel's cache costs a processor's time instead. */
function bytesMoved(): number {
  const text = readFileSync('/proc/self/io', 'utf8');
  return [...text.matchAll(/^(?:read|write)_bytes: (\d+)$/gm)].reduce((sum, [, bytes]) => sum + Number(bytes), 0);
}

/** A thread may end while it is looked at. */
function statistics(thread: string): [worked: number, waited: number] {
  try {
    const [worked = 0, waited = 0] = readFileSync(`/proc/self/task/${thread}/schedstat`, 'utf8').split(' ').map(Number);
    return [worked, waited];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return [0, 0];
    throw error;
  }
}
