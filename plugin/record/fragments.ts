/** Where the whole fragments of a fragmented MP4 end: a file that was cut short is readable up to there. */
import { open, type FileHandle } from 'node:fs/promises';

/** Boxes begin with their length and a name of four letters (ISO/IEC 14496-12, 4.2). */
const HEADER_BYTES = 8;

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
    return await scan(handle, (await handle.stat()).size);
  } finally {
    await handle.close();
  }
}

async function scan(handle: FileHandle, size: number): Promise<Boxes> {
  const header = Buffer.alloc(HEADER_BYTES);
  let whole = 0;
  let name = '';
  let described = false;
  let at = 0;
  while (at + HEADER_BYTES <= size) {
    await handle.read(header, 0, HEADER_BYTES, at);
    const length = header.readUInt32BE(0);
    // After a power loss the end of a file may be zeros.
    if (length < HEADER_BYTES || at + length > size) break;
    at += length;
    name = header.toString('latin1', 4);
    if (name === 'moof') described = true;
    if (name === 'mdat' && described) whole = at;
  }
  return { whole, finished: whole > 0 && name === 'mfra' && at === size };
}
