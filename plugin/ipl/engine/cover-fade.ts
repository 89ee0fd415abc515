/**
 * Fades an exposure out towards the border of what it covers (kernels/warp/cover.ts), where that lies in the picture: cut off, it ends in a
 * line, as the pictures on both sides of it are never quite alike.
 *
 * In the map of coefficients, so that it is as smooth as they are, and costs nothing where all is covered. Beside strips along the edge of
 * the picture that are narrower than one and a half to two blocks it does not fade: what these lack is taken of its border (held-border.ts).
 */
import type { Cover } from '../kernels';
import type { CoefficientMap } from './look';

/** What the logit of an exposure is lowered by where it ends: nothing is left then of one that has a thousand times the reference's weight. */
const LOWEST = -24;
/** Blocks from the picture's end, as far in as a strip along it is looked at. */
const EDGE = 1.5;
/** From which distance in blocks, of blocks that have nothing around them that is covered, an exposure is lowered so, and not at all. */
const [NONE, ALL] = [1.5, 5];

/** A picture's blocks. */
export interface Blocks {
  readonly columns: number;
  readonly rows: number;
  /** Pixels of a block's side, and of the picture's rows. */
  readonly block: number;
  readonly width: number;
}

/** What is taken of the exposures, beside what they cover. */
export interface Taken {
  readonly covers: readonly (Cover | undefined)[];
  /** By exposure, the share of it that is taken at all (blank-exposure.ts); undefined: all. */
  readonly shares?: readonly number[] | undefined;
}

/** Changes coefficients in place. @param blocks as many as a plane of coefficients has, or its first rows' */
export function fadeOut({ values, exposures, per }: CoefficientMap, { covers, shares = [] }: Taken, blocks: Blocks): void {
  const cells = values.length / (exposures * per);
  for (let exposure = 0; exposure < exposures; exposure += 1) {
    const start = exposure * per * cells;
    fadeOf(covers[exposure], shares[exposure], blocks)?.forEach((lower, cell) => (values[start + cell] += lower));
  }
}

/**
 * Gentle at first, where weights fall the most.
 * @param share of the exposure, that is taken of it at all
 * @returns what is added to the constant of an exposure's logit: [rows, columns]; undefined where that is nothing
 */
export function fadeOf(cover: Cover | undefined, share = 1, blocks: Blocks): Float32Array | undefined {
  const shares = cover ? sharesOf(cover, blocks) : new Map<number, number>();
  if (shares.size === 0 && share === 1) return undefined;
  const lowered = (kept: number): number => (1 - kept) ** 2 * LOWEST;
  const fade = new Float32Array(blocks.columns * blocks.rows).fill(lowered(share));
  for (const [cell, own] of shares) fade[cell] = lowered(own * share);
  return fade;
}

/** What an exposure keeps of its logit, of the blocks where that is not all. */
function sharesOf(cover: Cover, blocks: Blocks): Map<number, number> {
  const shares = new Map<number, number>();
  const reach = Math.floor(ALL);
  const { columns, rows } = blocks;
  const isBare = bareness(cover, blocks);
  for (let cell = 0; cell < columns * rows; cell += 1) {
    const [column, row] = [cell % columns, Math.floor(cell / columns)];
    if (!isBare(column, row)) continue;
    for (let y = Math.max(0, row - reach); y <= Math.min(rows - 1, row + reach); y += 1) {
      for (let x = Math.max(0, column - reach); x <= Math.min(columns - 1, column + reach); x += 1) {
        const share = Math.min(1, Math.max(0, (Math.hypot(x - column, y - row) - NONE) / (ALL - NONE)));
        const at = y * columns + x;
        if (share < (shares.get(at) ?? 1)) shares.set(at, share);
      }
    }
  }
  return shares;
}

/**
 * Whether nothing is covered of a block's middle and what is a block around it. At the lower and the right end of the picture, where blocks may be
 * a few pixels high, that reaches as far in as at the other two: so that a strip is faded out, or held, by its width alone.
 */
function bareness(cover: Cover, { block, width }: Blocks): (column: number, row: number) => boolean {
  const height = cover.length / 2;
  const around = (place: number, size: number): number[] => {
    const middle = (place + 0.5) * block;
    return [Math.max(0, Math.min(middle - block, size - EDGE * block)), Math.min(middle, size - 1), Math.min(middle + block, size - 1)];
  };
  return (column, row) => around(row, height).every((y) => around(column, width).every((x) => x < cover[2 * Math.floor(y)] || x >= cover[2 * Math.floor(y) + 1]));
}
