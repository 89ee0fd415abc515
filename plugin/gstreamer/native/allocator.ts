/**
 * glibc's allocator, set in a process that runs already: what GLIBC_TUNABLES says where `gst-ipl` starts the process (bin/environment.js has
 * the reasons). A program that imports gst-ipl needs no variable for it.
 */
import koffi from 'koffi';

/** The numbers of mallopt (malloc.h), by the names that tunables have. */
const PARAMETERS: Readonly<Record<string, number>> = {
  'glibc.malloc.trim_threshold': -1,
  'glibc.malloc.top_pad': -2,
  'glibc.malloc.mmap_max': -4,
  'glibc.malloc.arena_max': -8,
};

/**
 * @param tunables values by name
 * @returns names of those that were set; none where the C library is another
 */
export function setAllocator(tunables: Readonly<Record<string, string>>): string[] {
  let mallopt: (parameter: number, value: number) => number;
  try {
    mallopt = koffi.load('libc.so.6').func('int mallopt(int parameter, int value)');
  } catch {
    return [];
  }
  return Object.entries(tunables).flatMap(([name, value]) => {
    const parameter = PARAMETERS[name];
    return parameter !== undefined && mallopt(parameter, Number(value)) === 1 ? [name] : [];
  });
}
