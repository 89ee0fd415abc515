/** Which part of the merge kernels' memory holds what. Nothing here depends on the picture's height. */
import { NODES } from './lost-map';

/** Luma rows of a strip; some more, and their chroma, are there for the veto of its last row, which asks for two rows of cells below. */
export const STRIP_ROWS = 16;
export const ROWS_BELOW = 4;

/** Pixels that rows are rounded up to: vectors read and write past the end. Rows of most sizes are as long as those of the frame, and are copied together. */
const ROUND = 64;

/** Numbers (kernels/assembly/hdr-settings.ts) before the exposures' times, and bytes of each. */
export const TIMES_AT = 31;
export const NUMBER_BYTES = 16;

/** Exposures are five at most. */
const MOST_EXPOSURES = 5;

/** Cells that are asked for together whether they count. */
const CELLS_OF_NEED = 8;

/** What the kernels have a place of their own for (kernels/assembly/hdr-settings.ts). */
export const MERGE_MEMORY = { numbers: 0, light: 1, codeError: 2, luminanceGain: 3, rollOff: 4, codes: 5 };

/** Blocks of a row of lost light, and one more (lost-map.ts): 60 at most. */
export const LOST_STRIDE = 64;

/** In bytes. */
export interface MergePlan {
  /** Of each exposure, what it is to the reference: int32. */
  readonly kinds: number;
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
  /** Gains of lost light for a row of cells: by node, `LOST_STRIDE` apart; float32. */
  readonly lost: number;
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
  const samples = roundUp(width, ROUND);
  const lumaStride = 2 * samples;
  const chromaStride = samples;
  const rows = STRIP_ROWS + ROWS_BELOW;
  const blue = rows * lumaStride;
  const red = blue + (rows / 2) * chromaStride;
  const exposureStride = red + (rows / 2) * chromaStride;
  const cellStride = 2 * samples + 32;
  const needStride = roundUp(samples / 2 / CELLS_OF_NEED + 2, 16);
  return {
    kinds: reserve(4 * MOST_EXPOSURES),
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
    lost: reserve(4 * LOST_STRIDE * NODES.length),
    end: next,
  };
}
