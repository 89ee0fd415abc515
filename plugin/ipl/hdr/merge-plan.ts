/** Which part of the merge kernels' memory holds what. Nothing here depends on the picture's height. */
import { COARSE, DECODE_ENTRIES, FINE, type LogTable } from './tables';

/** Luma rows of a strip; two more, and their chroma, are there for the veto of its last row. */
export const STRIP_ROWS = 16;

/** Pixels that rows are rounded up to: vectors read and write past the end. */
const ROUND = 64;

/** Of numbers (kernels/assembly/hdr-settings.ts) before the exposures' times. */
export const TIMES_AT = 26;

/** In bytes. */
export interface MergePlan {
  readonly numbers: number;
  /** Of each exposure, what it is to the reference: int32. */
  readonly kinds: number;
  readonly light: number;
  readonly steepness: number;
  readonly luminanceGain: number;
  readonly rollOff: number;
  readonly codes: number;
  /** One row of a plane as it is in the frame. */
  readonly raw: number;
  /** A strip of the first exposure; the others' follow, `exposureStride` apart. 16 bits a sample. */
  readonly strips: number;
  readonly exposureStride: number;
  readonly lumaStride: number;
  readonly chromaStride: number;
  /** Within a strip. */
  readonly blue: number;
  readonly red: number;
  /** The merged strip, laid out as those of the exposures. */
  readonly merged: number;
  /** The reference's cells of a row: five rows of float32. */
  readonly reference: number;
  /** Of each exposure three rows of cells in turns, and one that was spread; float32, the first cell's place. */
  readonly cells: number;
  readonly cellStride: number;
  readonly end: number;
}

const roundUp = (value: number, multiple: number): number => Math.ceil(value / multiple) * multiple;

export function planMerge(width: number, exposures: number, start: number): MergePlan {
  let next = roundUp(start, 64);
  const reserve = (bytes: number): number => {
    const at = next;
    // What vectors read and write past the end.
    next = roundUp(next + bytes + 64, 64);
    return at;
  };
  const samples = roundUp(width, ROUND) + 16;
  const lumaStride = 2 * samples;
  const chromaStride = samples;
  const blue = (STRIP_ROWS + 2) * lumaStride;
  const red = blue + (STRIP_ROWS / 2 + 1) * chromaStride;
  const exposureStride = red + (STRIP_ROWS / 2 + 1) * chromaStride;
  const cellStride = 2 * samples + 32;
  const table = ({ bits, octaves }: LogTable): number => reserve(4 * (octaves << bits));
  return {
    numbers: reserve(4 * (TIMES_AT + 2 * 5)),
    kinds: reserve(4 * 5),
    light: reserve(4 * DECODE_ENTRIES),
    steepness: reserve(4 * DECODE_ENTRIES),
    luminanceGain: table(COARSE),
    rollOff: table(COARSE),
    codes: table(FINE),
    raw: reserve(4 * samples),
    strips: reserve(exposures * exposureStride),
    exposureStride,
    lumaStride,
    chromaStride,
    blue,
    red,
    merged: reserve(exposureStride),
    reference: reserve(5 * cellStride),
    cells: reserve(exposures * 4 * cellStride) + 16,
    cellStride,
    end: next,
  };
}
