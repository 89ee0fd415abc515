/** When the process exits, worker threads are kept from being ended in the middle of onnxruntime (native-section.ts). */
import type { NativeSection } from './native-section';

/** Loading a network takes tenths of a second on a busy machine, a graphics card's first start seconds. */
const PATIENCE_MS = 5_000;

const watched = new Set<NativeSection>();

/** @returns ends the watch: the thread is gone */
export function watchExit(section: NativeSection): () => void {
  if (watched.size === 0) process.on('exit', barAll);
  watched.add(section);
  return () => {
    watched.delete(section);
    if (watched.size === 0) process.off('exit', barAll);
  };
}

function barAll(): void {
  const end = performance.now() + PATIENCE_MS;
  // All are asked before the first is waited for.
  for (const section of watched) section.request();
  for (const section of watched) section.waitBarred(Math.max(0, end - performance.now()));
}
