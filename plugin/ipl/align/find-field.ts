/**
 * What stands nearer or farther than most of the scene: how much further its tiles are moved than one map for all says (parallax).
 *
 * - Several shifts are tried for all tiles at once, in pictures of half the size; a tile and its neighbours together choose one, and only
 *   where they agree surely more with it than without. At full size the chosen ones are made exact, each tile for itself, and asked again.
 * - A tile that shows nothing, or is alone, has none. Between tiles it is linear, so it fades out where nothing was found.
 * - Things that move are no parallax, but found as such, where they only shift. What an ideal field would give there is little, as the
 *   pixel rule leaves out what moves: bench/README.md has the figures. So it is not looked for in streams.
 */
import type { Homography } from '../kernels/homography';
import { compose, enlarged } from '../kernels/homography';
import type { TextureKernels } from '../kernels/texture-kernels';
import type { Prepared } from './prepare';
import { tileSteps, type TileSteps } from './tile-steps';

/** What is added to a map, in pixels of the plane, at the middles of tiles of `size` pixels, which begin at (1, 1) of the reduced plane. */
export interface Field {
  readonly columns: number;
  readonly rows: number;
  /** Pixels of the plane from one middle to the next. */
  readonly step: number;
  /** The first one's place. */
  readonly first: number;
  /** [rows, columns, 2], x first. */
  readonly values: Float32Array;
}

/** Pixels of a tile of either level. */
const TILE = 16;
/** Shifts of the half-size level that are tried: to this many pixels each way, in such steps. A step of Lucas and Kanade finds the rest. */
const REACH = 6;
const STRIDE = 2;
/** What has to be gained in correlation, of a tile and its neighbours, and what they have to come to. */
const GAIN = 0.12;
const LIKE = 0.5;
/** Tiles that show it, at least: fewer are chance. */
const FEWEST = 6;
/** A tile is believed where so many of its eight neighbours are moved nearly as it is: within so many pixels. */
const COMPANY = 3;
const NEAR = 1.5;

/** @param map of the plane's pixels, that most of it follows */
export function findField(kernels: TextureKernels, reference: Prepared, exposure: Prepared, map: Homography): Field | undefined {
  const [fine, half] = reference.textures;
  const [fineOther, halfOther] = exposure.textures;
  if (!fine || !half || !fineOther || !halfOther) return undefined;
  const { factor } = reference;
  const level = (scale: number, shift: readonly [number, number]): Homography => compose(enlarged(map, 1 / scale), [1, 0, shift[0], 0, 1, shift[1], 0, 0, 1]);
  const coarse = gridOf(half);
  const tried = shifts().map((shift) => ({ shift, scores: scoresOf(tileSteps(kernels, half, halfOther, TILE, level(2 * factor, shift)), coarse) }));
  const chosen = choose(tried.map(({ scores }) => pool(scores, coarse)), coarse);
  const grid = gridOf(fine);
  const values = new Float32Array(2 * grid.columns * grid.rows);
  const found = new Uint8Array(grid.columns * grid.rows);
  const asIs = scoresOf(tileSteps(kernels, fine, fineOther, TILE, level(factor, [0, 0])), grid);
  for (const one of new Set(chosen)) {
    const { shift: [dx, dy] } = tried[one];
    if (one === 0) continue;
    const steps = tileSteps(kernels, fine, fineOther, TILE, level(factor, [2 * dx, 2 * dy]));
    for (let i = 0; i < steps.count; i += 1) {
      const place = steps.place[i];
      if (!isChosen(chosen, coarse, grid, place, one)) continue;
      if (steps.agreement[i] < LIKE || steps.agreement[i] < Math.max(0, asIs[place]) + GAIN / 2) continue;
      if (found[place] && asIs[place] >= steps.agreement[i]) continue;
      [values[2 * place], values[2 * place + 1], found[place], asIs[place]] = [2 * dx + steps.dx[i], 2 * dy + steps.dy[i], 1, steps.agreement[i] - GAIN / 2];
    }
  }
  const kept = inCompany(values, found, grid);
  if (kept.reduce((sum, one) => sum + one, 0) < FEWEST) return undefined;
  const field = Float32Array.from(values, (value, at) => (kept[at >> 1] ? value * factor : 0));
  // The middle of the first tile, and a pixel of the reduced plane is a box of the plane's.
  return { columns: grid.columns, rows: grid.rows, step: TILE * factor, first: (1 + TILE / 2) * factor - 0.5, values: spread(field, kept, grid) };
}

/** Which of the shifts a tile takes, by what it and its neighbours score: none, unless that is surely better. */
function choose(pooled: readonly Float32Array[], { columns, rows }: Grid): Int32Array {
  const chosen = new Int32Array(columns * rows);
  for (let at = 0; at < chosen.length; at += 1) {
    for (let one = 1; one < pooled.length; one += 1) if (pooled[one][at] > pooled[chosen[at]][at]) chosen[at] = one;
    if (!(pooled[chosen[at]][at] >= LIKE && pooled[chosen[at]][at] - pooled[0][at] >= GAIN)) chosen[at] = 0;
  }
  return chosen;
}

interface Grid {
  readonly columns: number;
  readonly rows: number;
}

/** As tileSteps has them. */
const gridOf = ({ width, height }: { readonly width: number; readonly height: number }): Grid => ({ columns: Math.max(0, Math.floor((width - 2) / TILE)), rows: Math.max(0, Math.floor((height - 2) / TILE)) });

/** None first. */
function shifts(): [number, number][] {
  const list: [number, number][] = [[0, 0]];
  for (let y = -REACH; y <= REACH; y += STRIDE) for (let x = -REACH; x <= REACH; x += STRIDE) if (x !== 0 || y !== 0) list.push([x, y]);
  return list;
}

/** Correlation of each tile; NaN where it shows nothing. */
function scoresOf({ count, place, agreement }: TileSteps, { columns, rows }: Grid): Float32Array {
  const scores = new Float32Array(columns * rows).fill(NaN);
  for (let i = 0; i < count; i += 1) scores[place[i]] = agreement[i];
  return scores;
}

/** Visits a place's neighbours, itself among them. */
function around(place: number, { columns, rows }: Grid, visit: (at: number) => void): void {
  const [column, row] = [place % columns, Math.floor(place / columns)];
  for (let y = Math.max(0, row - 1); y <= Math.min(rows - 1, row + 1); y += 1) for (let x = Math.max(0, column - 1); x <= Math.min(columns - 1, column + 1); x += 1) visit(y * columns + x);
}

/** Means of tiles and their neighbours, a tile itself for four; what shows nothing has no say, and one that shows nothing itself no score. */
function pool(scores: Float32Array, grid: Grid): Float32Array {
  return scores.map((own, place) => {
    if (Number.isNaN(own)) return NaN;
    let [sum, mass] = [3 * own, 3];
    around(place, grid, (at) => {
      if (Number.isNaN(scores[at])) return;
      sum += scores[at];
      mass += 1;
    });
    return sum / mass;
  });
}

/** Whether the tile of the half-size level that has this one, or a neighbour of that, chose the shift. */
function isChosen(chosen: Int32Array, coarse: Grid, grid: Grid, place: number, one: number): boolean {
  const [column, row] = [Math.min(coarse.columns - 1, (place % grid.columns) >> 1), Math.min(coarse.rows - 1, Math.floor(place / grid.columns) >> 1)];
  let is = false;
  around(row * coarse.columns + column, coarse, (at) => (is ||= chosen[at] === one));
  return is;
}

function inCompany(values: Float32Array, found: Uint8Array, grid: Grid): Uint8Array {
  return found.map((is, place) => {
    if (!is) return 0;
    let company = -1;
    around(place, grid, (at) => {
      if (found[at] && Math.hypot(values[2 * at] - values[2 * place], values[2 * at + 1] - values[2 * place + 1]) <= NEAR) company += 1;
    });
    return Number(company >= COMPANY);
  });
}

/** Smooths what is kept, and gives it to tiles beside it that show nothing else: as the mean of neighbours. */
function spread(values: Float32Array, kept: Uint8Array, grid: Grid): Float32Array {
  const out = new Float32Array(values.length);
  for (let place = 0; place < kept.length; place += 1) {
    let [x, y, count] = [0, 0, 0];
    around(place, grid, (at) => {
      if (!kept[at] || (kept[place] && Math.hypot(values[2 * at] - values[2 * place], values[2 * at + 1] - values[2 * place + 1]) > NEAR)) return;
      x += values[2 * at];
      y += values[2 * at + 1];
      count += 1;
    });
    // Most of a lonely place's neighbours are of one kind, or it stays.
    if (count === 0 || (!kept[place] && count < 5)) continue;
    [out[2 * place], out[2 * place + 1]] = [x / count, y / count];
  }
  return out;
}

/** The field at the middles of a network's blocks, as a motion takes it (kernels/warp/motion.ts). */
export function atBlocks({ columns, rows, step, first, values }: Field, block: number, mapWidth: number, mapHeight: number): Float32Array {
  const out = new Float32Array(2 * mapWidth * mapHeight);
  const clamp = (value: number, most: number): number => Math.min(Math.max(value, 0), most);
  for (let at = 0; at < mapWidth * mapHeight; at += 1) {
    const [x, y] = [at % mapWidth, Math.floor(at / mapWidth)].map((cell) => ((cell + 0.5) * block - 0.5 - first) / step) as [number, number];
    const [cx, cy] = [clamp(x, columns - 1), clamp(y, rows - 1)];
    const [left, top] = [Math.floor(cx), Math.floor(cy)];
    const [right, below] = [Math.min(left + 1, columns - 1), Math.min(top + 1, rows - 1)];
    for (const axis of [0, 1]) {
      const of = (column: number, row: number): number => values[2 * (row * columns + column) + axis];
      const upper = of(left, top) + (of(right, top) - of(left, top)) * (cx - left);
      const lower = of(left, below) + (of(right, below) - of(left, below)) * (cx - left);
      out[2 * at + axis] = upper + (lower - upper) * (cy - top);
    }
  }
  return out;
}
