/**
 * Lets a thread that computes for tens of milliseconds on end stand back behind those that work for one: the event loop and
 * GStreamer's. On two cores with two such threads the event loop else waits for a core for up to 20 ms at a time.
 */
import { readlinkSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';
import path from 'node:path';

/** Steps of niceness beyond the process's own; each gives about a tenth of a contended core to the others. */
const STEPS = 5;

const NICEST = 19;

/** Of the calling thread. Linux only: elsewhere a priority is the process's. */
export function standBack(steps = STEPS): void {
  if (process.platform !== 'linux') return;
  try {
    // Linux counts threads as processes here: /proc/thread-self leads to <process>/task/<thread>.
    const thread = Number(path.basename(readlinkSync('/proc/thread-self')));
    setPriority(thread, Math.min(NICEST, getPriority(thread) + steps));
  } catch {
    // A container may forbid it, or have no /proc; the fusion works all the same.
  }
}
