/**
 * How much brighter than its clipped light the reference is, where it is clipped and the darkest exposure shows something else. Nobody has
 * seen that light; but cells nearby that the reference has lost and the darkest exposure shows have it, and those are most alike
 * whose least channel is: where all three are clipped, light is far above, and where one is not, it is hardly. So the map is one of places (blocks of samples)
 * and of that channel's code (nodes). What a block has not seen itself it takes from those around it, coarse to fine.
 */

/** Codes of the least channel, from the curve's clipping point. */
export const NODES: readonly number[] = [-0.58, -0.28, -0.06, 0.02];

/** Samples of a block, in each direction. */
export const BLOCK = 4;

/** What the blocks around count, against a block whose samples are all lost. Between 0.05 and 0.3 the benchmark's scenes differ by 0.1 dB. */
const PRIOR = 0.1;
const NEXT_TO_NOTHING = 1e-6;

export interface LostMap {
  readonly columns: number;
  readonly rows: number;
  /** Blocks of a cell, and where the first cell lies: its place is `cell * scale + offset`, block 0 being at 0. */
  readonly scale: number;
  readonly offset: number;
  /** By node, row and column: what clipped light is to be multiplied by, 1 at least. */
  readonly gains: Float32Array;
}

/** By node, row and column: sums of logarithms of gains, and of their weights. */
interface Level {
  readonly columns: number;
  readonly rows: number;
  readonly sums: Float64Array;
  readonly weights: Float64Array;
}

export class LostSamples {
  readonly #level: Level;
  readonly #nodes: readonly number[];
  readonly #step: number;
  #total = 0;

  /** @param across samples in a row; @param step cells from one to the next @param clip code from which on a channel is clipped */
  constructor(across: number, down: number, step: number, clip: number) {
    this.#level = level(Math.ceil(across / BLOCK), Math.ceil(down / BLOCK));
    this.#nodes = NODES.map((node) => clip + node);
    this.#step = step;
  }

  /** @param least code of the least channel @param gain how much brighter than the reference another exposure shows it @param weight 0 to 1 */
  add(x: number, y: number, least: number, gain: number, weight: number): void {
    const { columns, rows, sums, weights } = this.#level;
    const more = Math.max(0, Math.log(gain));
    const at = nodeOf(least, this.#nodes);
    const block = Math.floor(y / BLOCK) * columns + Math.floor(x / BLOCK);
    const lower = Math.min(Math.floor(at), NODES.length - 2);
    // Plain sums: what allocates here costs more than all else.
    const [first, part] = [lower * rows * columns + block, weight / BLOCK ** 2];
    const second = first + rows * columns;
    const above = part * (at - lower);
    const below = part - above;
    sums[first] += below * more;
    weights[first] += below;
    sums[second] += above * more;
    weights[second] += above;
    this.#total += weight;
  }

  /** @returns undefined where nothing was seen */
  map(): LostMap | undefined {
    if (this.#total === 0) return undefined;
    const { columns, rows } = this.#level;
    const scale = 1 / (this.#step * BLOCK);
    return { columns, rows, scale, offset: (1 - BLOCK) / 2 / BLOCK, gains: exponentials(filled(this.#level)) };
  }
}

/** Place between nodes, 0 to their number less one. */
export function nodeOf(least: number, nodes: readonly number[]): number {
  let at = 0;
  for (let node = 1; node < nodes.length; node += 1) at += Math.min(1, Math.max(0, (least - nodes[node - 1]) / (nodes[node] - nodes[node - 1])));
  return at;
}

/** Gains of a row of cells between rows of blocks: of node n from `n * stride` on, and the last one twice. */
export function lostRow({ columns, rows, scale, offset, gains }: LostMap, cellRow: number, to: Float32Array, stride: number): void {
  const place = Math.min(rows - 1, Math.max(0, cellRow * scale + offset));
  const upper = Math.min(Math.floor(place), Math.max(0, rows - 2));
  const lower = Math.min(upper + 1, rows - 1);
  const share = place - upper;
  for (let node = 0; node < NODES.length; node += 1) {
    const [a, b] = [(node * rows + upper) * columns, (node * rows + lower) * columns];
    for (let x = 0; x < columns; x += 1) to[node * stride + x] = gains[a + x] + share * (gains[b + x] - gains[a + x]);
    to[node * stride + columns] = to[node * stride + columns - 1];
  }
}

function level(columns: number, rows: number): Level {
  const zeros = (): Float64Array => new Float64Array(NODES.length * rows * columns);
  return { columns, rows, sums: zeros(), weights: zeros() };
}

/** `Float32Array.from` goes through an iterator. */
function exponentials(values: Float64Array): Float32Array {
  const result = new Float32Array(values.length);
  for (let at = 0; at < values.length; at += 1) result[at] = Math.exp(values[at]);
  return result;
}

/** Mean logarithms of all blocks and nodes. */
function filled(finest: Level): Float64Array {
  const levels = [finest];
  for (let last = finest; last.columns > 1 || last.rows > 1; levels.push(last)) last = halved(last);
  const whole = levels[levels.length - 1];
  const total = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);
  const mean = total(whole.sums) / (total(whole.weights) + NEXT_TO_NOTHING);
  let means: Float64Array = whole.sums.map((sum, node) => (sum + NEXT_TO_NOTHING * mean) / (whole.weights[node] + NEXT_TO_NOTHING));
  for (let at = levels.length - 2; at >= 0; at -= 1) means = refined(levels[at], means, levels[at + 1]);
  return means;
}

function halved({ columns, rows, sums, weights }: Level): Level {
  const half = level(Math.ceil(columns / 2), Math.ceil(rows / 2));
  for (let node = 0; node < NODES.length; node += 1) {
    for (let y = 0; y < rows; y += 1) {
      for (let x = 0; x < columns; x += 1) {
        const [from, to] = [(node * rows + y) * columns + x, (node * half.rows + (y >> 1)) * half.columns + (x >> 1)];
        half.sums[to] += sums[from] / 4;
        half.weights[to] += weights[from] / 4;
      }
    }
  }
  return half;
}

/** Plain loops, as above. */
function refined({ columns, rows, sums, weights }: Level, coarse: Float64Array, half: Level): Float64Array {
  const result = new Float64Array(sums.length);
  let at = 0;
  for (let node = 0; node < NODES.length; node += 1) {
    const plane = node * half.rows * half.columns;
    for (let y = 0; y < rows; y += 1) {
      // A block's middle lies a quarter of a coarse one from its own.
      const near = plane + (y >> 1) * half.columns;
      const far = plane + Math.min(half.rows - 1, Math.max(0, (y >> 1) + (y % 2 === 0 ? -1 : 1))) * half.columns;
      for (let x = 0; x < columns; x += 1, at += 1) {
        const nearX = x >> 1;
        const farX = Math.min(half.columns - 1, Math.max(0, nearX + (x % 2 === 0 ? -1 : 1)));
        const around = (9 * coarse[near + nearX] + 3 * coarse[near + farX] + 3 * coarse[far + nearX] + coarse[far + farX]) / 16;
        result[at] = (sums[at] + PRIOR * around) / (weights[at] + PRIOR);
      }
    }
  }
  return result;
}
