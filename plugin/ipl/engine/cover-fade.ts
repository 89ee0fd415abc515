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
/** From which distance in blocks, of blocks with nothing around them that is covered, an exposure is lowered so, and not at all. */
const [NONE, ALL] = [1.5, 5];

/** What is taken of the exposures, beside what they cover. */
export interface Taken {
  readonly covers: readonly (Cover | undefined)[];
  /** By exposure, the share of it that is taken at all (blank-exposure.ts); undefined: all. */
  readonly shares?: readonly number[] | undefined;
}

/**
 * Changes coefficients in place.
 * @param columns of the map, whose rows are those of a plane of coefficients or fewer
 * @param block pixels of a block
 */
export function fadeOut({ values, exposures, per }: CoefficientMap, { covers, shares = [] }: Taken, columns: number, rows: number, block: number): void {
  const cells = values.length / (exposures * per);
  for (let exposure = 0; exposure < exposures; exposure += 1) {
    const start = exposure * per * cells;
    fadeOf(covers[exposure], shares[exposure], columns, rows, block)?.forEach((lower, cell) => (values[start + cell] += lower));
  }
}

/**
 * Gentle at first, where weights fall the most.
 * @param share of the exposure, that is taken of it at all
 * @returns what is added to the constant of an exposure's logit: [rows, columns]; undefined where that is nothing
 */
export function fadeOf(cover: Cover | undefined, share: number | undefined = 1, columns: number, rows: number, block: number): Float32Array | undefined {
  const shares = cover ? sharesOf(cover, columns, rows, block) : new Map<number, number>();
  if (shares.size === 0 && share === 1) return undefined;
  const lowered = (kept: number): number => (1 - kept) ** 2 * LOWEST;
  const fade = new Float32Array(columns * rows).fill(lowered(share));
  for (const [cell, own] of shares) fade[cell] = lowered(own * share);
  return fade;
}

/** What an exposure keeps of its logit, of the blocks where that is not all. */
function sharesOf(cover: Cover, columns: number, rows: number, block: number): Map<number, number> {
  const height = cover.length / 2;
  const bare = new Uint8Array(columns * rows);
  for (let cell = 0; cell < bare.length; cell += 1) {
    const x = ((cell % columns) + 0.5) * block;
    const y = Math.min(Math.floor((Math.floor(cell / columns) + 0.5) * block), height - 1);
    bare[cell] = Number(x < cover[2 * y] || x >= cover[2 * y + 1]);
  }
  const shares = new Map<number, number>();
  const reach = Math.floor(ALL);
  for (let cell = 0; cell < bare.length; cell += 1) {
    if (!bare[cell] || !all(bare, cell, columns, rows)) continue;
    const [column, row] = [cell % columns, Math.floor(cell / columns)];
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

/** Whether all of a cell's neighbours are marked, too. */
function all(marked: Uint8Array, cell: number, columns: number, rows: number): boolean {
  const [column, row] = [cell % columns, Math.floor(cell / columns)];
  for (let y = Math.max(0, row - 1); y <= Math.min(rows - 1, row + 1); y += 1) {
    for (let x = Math.max(0, column - 1); x <= Math.min(columns - 1, column + 1); x += 1) if (!marked[y * columns + x]) return false;
  }
  return true;
}
