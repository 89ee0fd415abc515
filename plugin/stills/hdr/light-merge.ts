/**
 * The radiance merge of docs/hdr.md for photographs: of every pixel's own colour, in 16 bits, to linear light. The kernels of streams
 * (ipl/hdr) halve the colour resolution and end in 10-bit codes; what a pixel counts, and what has moved, is decided by the same rule and
 * the same numbers.
 */
import { curveOf, type CurveName } from '../../ipl/hdr/curves';
import { CLIP_WIDTH, CODE_ERROR, RELATIVE_ERROR, WHITE_WIDTH } from '../../ipl/hdr/merge-numbers';
import type { PlaneLayout } from '../../core/frames/video-layout';
import type { Cover } from '../../ipl/kernels';
import { CELL, DeepPlanes, lookupsOf } from './deep-planes';

/** What threads are given (threads/still-tasks.ts). */
export interface MergeLightTask {
  readonly kind: 'merge light';
  /** Y444_16LE. */
  readonly layout: PlaneLayout;
  /** Dark to bright. */
  readonly payloads: readonly Uint8Array[];
  readonly reference: number;
  /** Exposure times, the reference's being 1. */
  readonly times: readonly number[];
  readonly curve: CurveName;
  /** Of which pixels an exposure that was moved has something to say. */
  readonly covers: readonly (Cover | undefined)[];
  /** R, G, B of all pixels, in shared memory: 1 is the reference's white. */
  readonly out: Float32Array;
  /** The first even. */
  readonly rows: readonly [number, number];
}

const bound = (value: number): number => (value <= 0 ? 0 : value >= 1 ? 1 : value);

export function mergeLight(task: MergeLightTask): void {
  const { layout, payloads, rows: [from, to] } = task;
  const { light, steepness } = lookupsOf(task.curve);
  const merge = new Merge(task, curveOf(task.curve).clip, light, steepness);
  const cellRows = Math.ceil(layout.height / 2);
  const others = payloads.flatMap((_, index) => (index === task.reference ? [] : [index]));
  const known = new Map<number, Float32Array[]>();
  const keptIn = (row: number): Float32Array[] => {
    const at = Math.min(Math.max(row, 0), cellRows - 1);
    const found = known.get(at) ?? payloads.map((_, index) => (others.includes(index) ? merge.agreement(index, at) : NONE));
    known.set(at, found);
    return found;
  };
  for (let row = from / 2; row < Math.ceil(to / 2); row += 1) {
    const three = [keptIn(row - 1), keptIn(row), keptIn(row + 1)];
    const kept = payloads.map((_, index) => (others.includes(index) ? least(three.map((each) => each[index] ?? NONE)) : NONE));
    for (let y = 2 * row; y < Math.min(2 * row + 2, to); y += 1) merge.row(y, kept);
    known.delete(row - 1);
  }
}

const NONE = new Float32Array();

/** What moved takes its neighbours with it: the least of 3x3 cells. */
function least(rows: readonly Float32Array[]): Float32Array {
  const [above = NONE, here = NONE, below = NONE] = rows;
  const column = here.map((value, at) => Math.min(value, above[at] ?? 1, below[at] ?? 1));
  return column.map((value, at) => Math.min(value, column[at - 1] ?? 1, column[at + 1] ?? 1));
}

class Merge {
  readonly #planes: readonly DeepPlanes[];
  readonly #rgb: Float64Array;
  readonly #shares: Float64Array;
  readonly #own = new Float64Array(CELL);
  readonly #other = new Float64Array(CELL);

  constructor(
    private readonly task: MergeLightTask,
    private readonly clip: number,
    private readonly light: (code: number) => number,
    private readonly steepness: (code: number) => number,
  ) {
    this.#planes = task.payloads.map((payload) => new DeepPlanes(payload, task.layout));
    this.#rgb = new Float64Array(3 * task.payloads.length);
    this.#shares = new Float64Array(task.payloads.length);
  }

  /** Of a row of cells: 1 where an exposure may count, 0 where it has seen something else than the reference. */
  agreement(index: number, row: number): Float32Array {
    const { layout, reference, times } = this.task;
    const time = times[index] ?? 1;
    const [own, other] = [this.#own, this.#other];
    return Float32Array.from({ length: Math.ceil(layout.width / 2) }, (_, column) => {
      this.#planes[reference]?.cell(column, row, own, 0);
      this.#planes[index]?.cell(column, row, other, 0);
      // Well below the clipping point: the reference could have shown more light.
      const comparable = bound((this.clip - CLIP_WIDTH - Math.max(own[0], own[1], own[2]) - own[4]) / CLIP_WIDTH);
      let [distance, mine, theirs] = [0, 0, 0];
      for (let channel = 0; channel < 3; channel += 1) {
        const weight = channel === 1 ? 0.5 : 0.25;
        const [a, b] = [this.light(own[channel]), this.light(other[channel]) / time];
        distance += weight * Math.max((b - a) * comparable, a - b);
        mine += weight * a;
        theirs += weight * b;
      }
      const explained = RELATIVE_ERROR * Math.max(mine, theirs) + CODE_ERROR * (this.steepness(own[3]) + this.steepness(other[3]) / time);
      return bound(2 - distance / explained);
    });
  }

  row(y: number, kept: readonly Float32Array[]): void {
    const { layout: { width }, out } = this.task;
    for (let x = 0; x < width; x += 1) this.#pixel(x, y, kept, 3 * (y * width + x), out);
  }

  #pixel(x: number, y: number, kept: readonly Float32Array[], to: number, out: Float32Array): void {
    const { reference, times } = this.task;
    const [rgb, shares] = [this.#rgb, this.#shares];
    const count = shares.length;
    for (let index = 0; index < count; index += 1) this.#planes[index].pixel(x, y, rgb, 3 * index);
    const keptAt = (index: number): number => (this.#shows(index, x, y) ? kept[index][x >> 1] : 0);
    const open = this.#open(reference);
    let lit = open;
    for (let index = reference + 1; index < count; index += 1) {
      shares[index] = this.#open(index) * keptAt(index);
      lit = Math.max(lit, shares[index]);
    }
    // Darker ones count where neither the reference nor a brighter one is open; the darkest even where it is clipped itself.
    let given = 0;
    for (let index = 0; index < reference; index += 1) {
      const share = (index === 0 ? 1 : this.#open(index)) * keptAt(index);
      given = Math.max(given, share);
      shares[index] = share * (1 - lit);
    }
    shares[reference] = reference === 0 ? 1 : Math.max(open, 1 - given);
    let time = 0;
    for (let index = 0; index < count; index += 1) time += shares[index] * times[index];
    let most = 0;
    for (let channel = 0; channel < 3; channel += 1) {
      let sum = 0;
      for (let index = 0; index < count; index += 1) if (shares[index] > 0) sum += shares[index] * this.light(rgb[3 * index + channel]);
      out[to + channel] = sum / time;
      most = Math.max(most, sum / time);
    }
    const lost = reference === 0 ? this.#pale(0) : keptAt(0) * (1 - lit) * this.#pale(0) + (1 - given) * this.#pale(reference);
    if (lost > 0) for (let channel = 0; channel < 3; channel += 1) out[to + channel] += lost * (most - out[to + channel]);
  }

  #shows(index: number, x: number, y: number): boolean {
    const cover = this.task.covers[index];
    return !cover || (x >= cover[2 * y] && x < cover[2 * y + 1]);
  }

  /** How far it is unclipped. */
  #open(index: number): number {
    const rgb = this.#rgb;
    return bound((this.clip - Math.max(rgb[3 * index], rgb[3 * index + 1], rgb[3 * index + 2])) / CLIP_WIDTH);
  }

  /** How little is known of its colour, where the largest channel is clipped: the more, the larger the second is. */
  #pale(index: number): number {
    const clipped = 1 - this.#open(index);
    if (clipped <= 0) return 0;
    const [r, g, b] = [this.#rgb[3 * index], this.#rgb[3 * index + 1], this.#rgb[3 * index + 2]];
    const second = Math.max(Math.min(r, g), Math.min(Math.max(r, g), b));
    return bound((second - (this.clip - WHITE_WIDTH)) / WHITE_WIDTH) * clipped;
  }
}
