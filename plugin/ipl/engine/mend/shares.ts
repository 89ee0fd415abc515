/** How much of each node's surroundings is filled. */
import { ONE } from './fill';
import type { Ground } from './ground';
import { SIDE, type NodeGrid } from './node-grid';
import type { NodeMask } from './node-mask';

/** As far as the ground is known at what is taken out, linearly between the middles of blocks. */
export function sharesOf(taken: NodeMask, { columns, rows }: NodeGrid, ground: Ground): Uint16Array {
  const shares = new Uint16Array(columns * rows);
  const known = new Float32Array(ground.columns + 2);
  let last = -1;
  taken.forEach((column, row) => {
    if (row !== last) takeRow(ground, row, known);
    last = row;
    const block = Math.floor((column + MIDDLE) / SIDE);
    const [before, after] = [known[block] ?? 0, known[block + 1] ?? 0];
    shares[row * columns + column] = Math.round(before + ((after - before) * ((column + MIDDLE) % SIDE)) / SIDE);
  });
  return shares;
}

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
