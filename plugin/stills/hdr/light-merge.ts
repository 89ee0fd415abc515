/**
 * The radiance merge of docs/hdr.md for photographs: of every pixel's own colour, in 16 bits, to linear light. The kernels of streams
 * (ipl/hdr) halve the colour resolution and end in 10-bit codes; what a pixel counts, and what has moved, is decided by the same rule and
 * the same numbers.
 */
import { curveOf, type AnyCurve } from '../../ipl/hdr/curves';
import { NODES, lostRow, nodeOf, type LostMap } from '../../ipl/hdr/lost-map';
import { CLIP_WIDTH, WHITE_WIDTH } from '../../ipl/hdr/merge-numbers';
import type { PlaneLayout } from '../../core/frames/video-layout';
import type { Cover } from '../../ipl/kernels';
import { CellAgreement } from './cell-agreement';
import { DeepPlanes, lookupsOf } from './deep-planes';

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
  readonly curve: AnyCurve;
  /** Of which pixels an exposure that was moved has something to say. */
  readonly covers: readonly (Cover | undefined)[];
  /** How much brighter lost light is, of R, G and B; undefined where it is not known. */
  readonly lost: readonly LostMap[] | undefined;
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

/** @param gains of the row of cells @param node place between nodes */
function gainAt({ columns, scale, offset }: LostMap, gains: Float32Array, cell: number, node: number): number {
  const place = Math.min(columns - 1, Math.max(0, cell * scale + offset));
  const left = Math.floor(place);
  const of = (which: number): number => {
    const at = which * (columns + 1) + left;
    return gains[at] + (place - left) * (gains[at + 1] - gains[at]);
  };
  const lower = Math.min(Math.floor(node), NODES.length - 2);
  return of(lower) + (node - lower) * (of(lower + 1) - of(lower));
}

class Merge {
  readonly #planes: readonly DeepPlanes[];
  readonly #rgb: Float64Array;
  readonly #shares: Float64Array;
  readonly #agreement: CellAgreement;
  readonly #nodes: readonly number[];
  /** Gains of lost light in the row of cells, by channel: by node, the last of a row twice. */
  readonly #gains: readonly Float32Array[];
  /** What the reference's light of a pixel is multiplied by. */
  readonly #raised = [1, 1, 1];

  constructor(
    private readonly task: MergeLightTask,
    private readonly clip: number,
    private readonly light: (code: number) => number,
    steepness: (code: number) => number,
  ) {
    this.#planes = task.payloads.map((payload) => new DeepPlanes(payload, task.layout));
    this.#rgb = new Float64Array(3 * task.payloads.length);
    this.#shares = new Float64Array(task.payloads.length);
    this.#agreement = new CellAgreement(clip, light, steepness);
    this.#nodes = NODES.map((node) => clip + node);
    this.#gains = (task.lost ?? []).map(({ columns }) => new Float32Array(NODES.length * (columns + 1)));
  }

  /** Of a row of cells: 1 where an exposure may count, 0 where it has seen something else than the reference. */
  agreement(index: number, row: number): Float32Array {
    const { layout, reference, times } = this.task;
    const [own, other] = [this.#planes[reference], this.#planes[index]];
    return Float32Array.from({ length: Math.ceil(layout.width / 2) }, (_, column) => this.#agreement.of(own, other, column, row, times[index] ?? 1));
  }

  row(y: number, kept: readonly Float32Array[]): void {
    const { layout: { width }, out, lost } = this.task;
    for (const [channel, map] of (lost ?? []).entries()) lostRow(map, y >> 1, this.#gains[channel], map.columns + 1);
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
    // Clipped light that no other exposure shows is raised to what it is around.
    this.#raise((1 - given) * (1 - lit), x >> 1);
    let time = 0;
    for (let index = 0; index < count; index += 1) time += shares[index] * times[index];
    let most = 0;
    for (let channel = 0; channel < 3; channel += 1) {
      let sum = 0;
      for (let index = 0; index < count; index += 1) if (shares[index] > 0) sum += shares[index] * (index === reference ? this.#raised[channel] : 1) * this.light(rgb[3 * index + channel]);
      out[to + channel] = sum / time;
      most = Math.max(most, sum / time);
    }
    // What was raised has the colour of what it is around.
    const own = this.task.lost ? 0 : (1 - given) * this.#pale(reference);
    const lost = reference === 0 ? this.#pale(0) : keptAt(0) * (1 - lit) * this.#pale(0) + own;
    if (lost > 0) for (let channel = 0; channel < 3; channel += 1) out[to + channel] += lost * (most - out[to + channel]);
  }

  /** @param gone how little any exposure shows the pixel */
  #raise(gone: number, cell: number): void {
    const { lost, reference } = this.task;
    this.#raised.fill(1);
    if (!lost || gone <= 0) return;
    const [r, g, b] = [this.#rgb[3 * reference], this.#rgb[3 * reference + 1], this.#rgb[3 * reference + 2]];
    const node = nodeOf(Math.min(r, g, b), this.#nodes);
    for (const [channel, map] of lost.entries()) this.#raised[channel] = 1 + gone * (gainAt(map, this.#gains[channel], cell, node) - 1);
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
