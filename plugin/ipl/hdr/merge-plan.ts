/** Which part of the merge kernels' memory holds what. Nothing here depends on the picture's height. */
import { COARSE, DECODE_ENTRIES, FINE, type LogTable } from './tables';

/** Luma rows of a strip; some more, and their chroma, are there for the veto of its last row, which asks for two rows of cells below. */
export const STRIP_ROWS = 16;
export const ROWS_BELOW = 4;

/** Pixels that rows are rounded up to: vectors read and write past the end. */
const ROUND = 64;

/** Numbers (kernels/assembly/hdr-settings.ts) before the exposures' times, and bytes of each. */
export const TIMES_AT = 24;
export const NUMBER_BYTES = 16;

/** Exposures are five at most. */
const MOST_EXPOSURES = 5;

/** Of what kernels put aside between two steps: 240 bytes, and 80 for each exposure. */
const WORK_BYTES = 240 + 80 * MOST_EXPOSURES;

/** Cells that are asked for together whether they count. */
const CELLS_OF_NEED = 8;

/** In bytes. */
export interface MergePlan {
  readonly numbers: number;
  /** Of each exposure, what it is to the reference: int32. */
  readonly kinds: number;
  readonly work: number;
  readonly light: number;
  readonly codeError: number;
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
  /** Of each exposure three rows in turns: a byte for each eight cells, the first one's place. */
  readonly needs: number;
  readonly needStride: number;
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
  const rows = STRIP_ROWS + ROWS_BELOW;
  const blue = rows * lumaStride;
  const red = blue + (rows / 2) * chromaStride;
  const exposureStride = red + (rows / 2) * chromaStride;
  const cellStride = 2 * samples + 32;
  const needStride = roundUp(samples / 2 / CELLS_OF_NEED + 2, 16);
  const table = ({ bits, octaves }: LogTable, bytes: number): number => reserve(bytes * (octaves << bits));
  return {
    numbers: reserve(NUMBER_BYTES * (TIMES_AT + 2 * MOST_EXPOSURES)),
    kinds: reserve(4 * MOST_EXPOSURES),
    work: reserve(WORK_BYTES),
    light: reserve(4 * DECODE_ENTRIES),
    codeError: reserve(4 * DECODE_ENTRIES),
    luminanceGain: table(COARSE, 4),
    rollOff: table(COARSE, 4),
    codes: table(FINE, 2),
    raw: reserve(4 * samples),
    strips: reserve(exposures * exposureStride),
    exposureStride,
    lumaStride,
    chromaStride,
    blue,
    red,
    merged: reserve(exposureStride),
    needs: reserve(exposures * 3 * needStride) + 16,
    needStride,
    cells: reserve(exposures * 4 * cellStride) + 16,
    cellStride,
    end: next,
  };
}
