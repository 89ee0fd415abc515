/** Where the whole fragments of a fragmented MP4 end: a file that was cut short is readable up to there. */
import { open, type FileHandle } from 'node:fs/promises';

import type { Nanoseconds } from '../core/time';
import { HEADER_BYTES } from '../core/files/mp4-boxes';
import { writeOwnTimes, type TopBox } from './own-times';

export interface Boxes {
  /** Bytes up to the end of the last whole pair of `moof` and `mdat`; 0 where there is none. */
  readonly whole: number;
  /** The muxer came to its end: the file closes with an index, `mfra`. */
  readonly finished: boolean;
}

/** Reads the headers of the top-level boxes only. */
export async function readBoxes(file: string): Promise<Boxes> {
  const handle = await open(file, 'r');
  try {
    const { whole, finished } = await scan(handle);
    return { whole, finished };
  } finally {
    await handle.close();
  }
}

/**
 * Makes a file, up to the end of its last whole fragment or finished, one that stands alone, and brings it to the disk.
 * @param soundLate how much later than its pictures its sound begins, in nanoseconds
 * @param whole what is longer is cut off
 */
export async function finalizeFile(file: string, soundLate?: Nanoseconds, whole?: number): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    if (whole !== undefined) await handle.truncate(whole);
    await writeOwnTimes(handle, (await scan(handle)).boxes, soundLate);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function scan(handle: FileHandle): Promise<Boxes & { boxes: TopBox[] }> {
  const { size } = await handle.stat();
  const header = Buffer.alloc(HEADER_BYTES);
  const boxes: TopBox[] = [];
  let whole = 0;
  let described = false;
  let at = 0;
  while (at + HEADER_BYTES <= size) {
    await handle.read(header, 0, HEADER_BYTES, at);
    const length = header.readUInt32BE(0);
    // After a power loss the end of a file may be zeros.
    if (length < HEADER_BYTES || at + length > size) break;
    const name = header.toString('latin1', 4);
    boxes.push({ name, at, length });
    at += length;
    if (name === 'moof') described = true;
    if (name === 'mdat' && described) whole = at;
  }
  return { boxes, whole, finished: whole > 0 && boxes.at(-1)?.name === 'mfra' && at === size };
}
