/** Where the memory of this process is; all in MB. */
import koffi from 'koffi';

export interface MemorySample {
  /** Resident, of the whole process. */
  readonly rss: number;
  /** What V8 has for objects, and what they hold outside of it. */
  readonly heap: number;
  readonly external: number;
  /** What malloc has given away, and what it keeps for later. */
  readonly malloc: number;
  readonly spare: number;
}

/** struct mallinfo2 (glibc 2.33 and later): ten counts. With one arena (bin/environment.js) they are those of all threads. */
const COUNTS = ['arena', 'ordblks', 'smblks', 'hblks', 'hblkhd', 'usmblks', 'fsmblks', 'uordblks', 'fordblks', 'keepcost'];
koffi.struct('mallinfo2_t', Object.fromEntries(COUNTS.map((name) => [name, 'size_t'])));
const mallinfo = koffi.load('libc.so.6').func('mallinfo2_t mallinfo2()') as () => Record<string, number | bigint>;

export function sampleMemory(): MemorySample {
  const { rss, heapTotal, external } = process.memoryUsage();
  const { uordblks = 0, fordblks = 0 } = mallinfo();
  const megabytes = (bytes: number | bigint): number => Math.round(Number(bytes) / 1e5) / 10;
  return { rss: megabytes(rss), heap: megabytes(heapTotal), external: megabytes(external), malloc: megabytes(uordblks), spare: megabytes(fordblks) };
}
