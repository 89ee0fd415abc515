/** When the process exits, worker threads are kept from being ended in the middle of onnxruntime (native-section.ts). */
import { writeSync } from 'node:fs';
import type { NativeSection } from './native-section';

/** Loading a network takes tenths of a second on a busy machine, a graphics card's first start seconds. */
const PATIENCE_MS = 5_000;

/** How long each is waited for. */
const watched = new Map<NativeSection, number>();

/**
 * @param patience milliseconds at the exit; none for a thread that was waited for already
 * @returns ends the watch: the thread is gone
 */
export function watchExit(section: NativeSection, patience = PATIENCE_MS): () => void {
  if (watched.size === 0) process.on('exit', barAll);
  watched.set(section, patience);
  return () => {
    watched.delete(section);
    if (watched.size === 0) process.off('exit', barAll);
  };
}

function barAll(): void {
  const begin = performance.now();
  // All are asked before the first is waited for.
  for (const section of watched.keys()) section.request();
  let free = true;
  for (const [section, patience] of watched) free = section.waitBarred(begin + patience - performance.now()) && free;
  if (free) return;
  // Node waits for its threads, and this one never returns. All that was to be done is done.
  writeSync(2, 'gst-ipl: a thread does not come back from its device, so the process is ended by force.\n');
  process.kill(process.pid, 'SIGKILL');
}
