/** How much of each node's surroundings is filled. */
import { ONE } from './fill';
import type { Ground } from './ground';
import { SIDE, type NodeGrid } from './node-grid';
import type { NodeMask } from './node-mask';

/**
 * As far as the ground is known at what is taken out, linearly between the middles of blocks.
 * @param masks what is taken out, and that with more and more around it, over which what is filled fades, so that no outline is seen where the ground is not even
 * @param codes of the reference's nodes
 * @param light from which on less is no edge of the scene
 * @param filled by code, how much of a pixel is filled
 */
export function sharesOf([taken, ...around]: readonly [NodeMask, ...NodeMask[]], { columns, rows }: NodeGrid, ground: Ground, codes: Uint8Array, light: number, filled: Float32Array): Uint16Array {
  const shares = new Uint16Array(columns * rows);
  const known = new Float32Array(ground.columns + 2);
  let last = -1;
  const masks = [taken, ...around];
  masks.at(-1)?.forEach((column, row) => {
    if (row !== last) takeRow(ground, row, known);
    last = row;
    const block = Math.floor((column + MIDDLE) / SIDE);
    const [before, after] = [known[block] ?? 0, known[block + 1] ?? 0];
    const first = masks.findIndex((mask) => mask.has(column, row));
    const inside = (1 - first / masks.length) * insideOf(codes, light, filled, columns, rows, column, row);
    shares[row * columns + column] = Math.round(inside * (before + ((after - before) * ((column + MIDDLE) % SIDE)) / SIDE));
  });
  return shares;
}

/**
 * How far a node is inside what is filled: 1 where none of the nine around is but nearly so light, 0 where half of them are. A reference that has the light of a lens or of a
 * window's becomes white by and by where the exposure goes on as it was: filled up to the last such pixel it would have a ragged edge, so what is filled fades over a
 * node there. At an edge of the scene it does not, so that nothing is left there of who stands across it.
 */
function insideOf(codes: Uint8Array, light: number, filled: Float32Array, columns: number, rows: number, column: number, row: number): number {
  let [all, found] = [0, 0];
  for (let y = Math.max(0, row - 1); y <= Math.min(rows - 1, row + 1); y += 1) {
    for (let x = Math.max(0, column - 1); x <= Math.min(columns - 1, column + 1); x += 1) {
      const code = codes[y * columns + x] ?? 0;
      all += 1;
      if (code >= light && (filled[code] ?? 0) < HALF) found += 1;
    }
  }
  return Math.max(0, 1 - (2 * found) / all);
}

/** A pixel is filled, or is not. */
const HALF = 0.5;

const MIDDLE = SIDE / 2;

/** How far it is known at a row of nodes, 0 to ONE, at the middles of blocks; the first and the last stand for those beyond, too. */
function takeRow({ columns, rows, known }: Ground, row: number, to: Float32Array): void {
  const block = Math.floor((row + MIDDLE) / SIDE);
  const [upper, lower] = [Math.max(0, block - 1) * columns, Math.min(block, rows - 1) * columns];
  const share = ((row + MIDDLE) % SIDE) / SIDE;
  for (let at = 0; at < to.length; at += 1) {
    const inside = Math.min(Math.max(at - 1, 0), columns - 1);
    const above = known[upper + inside] ?? 0;
    to[at] = ONE * (above + ((known[lower + inside] ?? 0) - above) * share);
  }
}
