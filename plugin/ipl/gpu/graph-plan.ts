/** What the graph takes beside the pictures: inputs that stay the same for all pictures of a kind. */
import { Tensor } from 'onnxruntime-node';
import type { ColourRange } from '../../core/frames/video-caps';
import type { PlaneLayout } from '../../core/frames/video-layout';
import { columnPool } from '../network/column-pool';
import { BAND_ROWS, BLOCK_SAMPLES, CONTRAST_STEP, RANGES } from '../kernels/rule.generated';
import { planSlices, type SlicePlan } from '../network/slice-plan';
import type { GraphCard } from './graph-card';
import { averages, cellPosition, interpolation, transposed, type Matrix } from '../network/matrices';
import { mapPyramid, upRows } from '../network/pyramid-feeds';
import { GraphPlanes, type Strip } from './planes';

/**
 * Bytes of luma samples that one input holds at most: half of what every WebGPU adapter can bind. Five exposures of 15360x8640
 * take 42 MB; a picture that is much wider has as many rows of samples, and each of them is longer.
 */
const MOST_SAMPLES = 2 ** 26;

export interface PlannedStrip extends Strip {
  readonly feeds: Readonly<Record<string, Tensor>>;
}

export interface GraphPlan {
  readonly map: SlicePlan;
  readonly planes: GraphPlanes;
  /** The graph has the reference first. Indices into the task's payloads. */
  readonly order: readonly number[];
  /** Every such row of the luma, or of the chroma, is sampled. */
  readonly stride: number;
  readonly sampleRows: number;
  readonly chromaRows: number;
  readonly feeds: Readonly<Record<string, Tensor>>;
  readonly strips: readonly PlannedStrip[];
}

export interface PictureKind {
  readonly layout: PlaneLayout;
  readonly range: ColourRange;
  readonly exposures: number;
  readonly reference: number;
}

/**
 * @param stripPixels a strip has no more, so that the graph's memory does not depend on the picture's size
 * @throws RangeError where the samples of a picture are too many for a device; the CPU fuses any size
 */
export function planGraph(kind: PictureKind, card: GraphCard, cut: number, stripPixels: number): GraphPlan {
  const { layout, exposures, reference } = kind;
  const planes = new GraphPlanes(layout);
  const map = planSlices(layout.width, layout.height, 1, card.tokenColumns);
  const { block, mapWidth: w, mapHeight: h, paddedRows } = map;
  const stride = Math.max(1, block / BLOCK_SAMPLES);
  const n = block / stride;
  if (exposures * h * n * planes.width > MOST_SAMPLES) {
    throw new RangeError(`${exposures} exposures of ${layout.width}x${layout.height} are more than it takes at once.`);
  }
  const order = [reference, ...Array.from({ length: exposures }, (_, k) => k).filter((k) => k !== reference)];
  const there = [Math.ceil(layout.height / stride), Math.ceil(layout.width / stride)] as const;
  const chromaThere = [Math.ceil(planes.height / 2 / stride), Math.ceil(planes.chromaWidth / stride)] as const;
  const allRows = paddedRows + 2 * card.halo;
  const pyramid = mapPyramid(h, w);
  const { down_rows, next_rows, down_columns, next_columns, up_columns, same_level } = pyramid.feeds;
  const column = (x: number): number => Math.min(x, there[1] - 1) * stride;
  const feeds = {
    columns: indices(w * n, column),
    left: indices(w * n, (x) => Math.max(0, column(x) - 1)),
    right: indices(w * n, (x) => Math.min(layout.width - 1, column(x) + 1)),
    chroma_columns: indices((w * n) / 2, (x) => Math.min(x, chromaThere[1] - 1) * stride),
    blocks: indices(5, (at) => [exposures, h, n, w, n][at] ?? 0),
    mean_rows: tensor(averages(h, n, (row) => row < there[0])),
    mean_columns: tensor(transposed(averages(w, n, (column) => column < there[1]))),
    inner_rows: tensor(averages(h, n, contrastRows(n, stride, layout.height))),
    inner_columns: tensor(transposed(averages(w, n, inner(n, stride, layout.width)))),
    chroma_rows: tensor(averages(h, n / 2, (row) => row < chromaThere[0])),
    chroma_means: tensor(transposed(averages(w, n / 2, (column) => column < chromaThere[1]))),
    map_rows: indices(allRows, (row) => Math.min(h - 1, Math.max(0, row - card.halo))),
    real_rows: indices(h, (row) => row + card.halo),
    down_rows,
    next_rows,
    up_map_rows: upRows(pyramid, -card.halo, allRows),
    down_columns,
    next_columns,
    up_map_columns: up_columns,
    same_level,
    colour_shape: indices(4, (at) => [exposures, 2, h, w][at] ?? 0),
    is_blue: new Tensor('float32', Float32Array.of(1, 0), [planes.components, 1, 1, planes.interleaved]),
    bands: tensor(bandMeans(paddedRows / BAND_ROWS, card.halo, allRows)),
    pool: columnPool(w, card.tokenColumns),
    index: floats(order.map((k) => (k - reference) / 4)),
    scale: floats(RANGES[kind.range]),
    cut: floats([cut]),
    positions: floats(Array.from({ length: planes.width }, (_, x) => cellPosition(x, block, w))),
    // Of an odd width the last pixel stands for the one that makes it even.
    pixels: floats(Array.from({ length: planes.width }, (_, x) => Math.min(x, layout.width - 1))),
    cells: floats(Array.from({ length: w }, (_, x) => x)),
  };
  const strips = cutStrips(planes, stripPixels).map((strip): PlannedStrip => {
    const { firstCell, matrix } = interpolation(strip.top, strip.rows, block, h);
    return { ...strip, feeds: { strip_rows: indices(matrix.columns, (row) => firstCell + row), up_rows: tensor(matrix) } };
  });
  return { map, planes, order, stride, sampleRows: h * n, chromaRows: (h * n) / 2, feeds, strips };
}

/** Samples inside their block whose four neighbouring pixels lie in the picture. */
function inner(n: number, stride: number, size: number): (sample: number) => boolean {
  return (sample) => sample % n > 0 && sample % n < n - 1 && sample * stride + 1 < size;
}

/** Of the inner rows, those in which the contrast is measured. */
function contrastRows(n: number, stride: number, height: number): (sample: number) => boolean {
  const isInner = inner(n, stride, height);
  return (sample) => isInner(sample) && (sample % n) % CONTRAST_STEP === 1;
}

/** Averages the rows of the map, halo included, to bands. */
function bandMeans(bands: number, halo: number, allRows: number): Matrix {
  const values = new Float32Array(bands * allRows);
  for (let row = 0; row < bands * BAND_ROWS; row += 1) {
    values[Math.floor(row / BAND_ROWS) * allRows + halo + row] = 1 / BAND_ROWS;
  }
  return { rows: bands, columns: allRows, values };
}

/** Strips of about the same, even number of rows. */
export function cutStrips({ width, height }: GraphPlanes, stripPixels: number): Strip[] {
  const count = Math.ceil((width * height) / stripPixels);
  const rows = Math.ceil(height / count / 2) * 2;
  const strips: Strip[] = [];
  for (let top = 0; top < height; top += rows) strips.push({ top, rows: Math.min(rows, height - top) });
  return strips;
}

function tensor({ rows, columns, values }: Matrix): Tensor {
  return new Tensor('float32', values, [rows, columns]);
}

export function floats(values: readonly number[]): Tensor {
  return new Tensor('float32', Float32Array.from(values), [values.length]);
}

function indices(count: number, at: (index: number) => number): Tensor {
  return new Tensor('int64', BigInt64Array.from({ length: count }, (_, index) => BigInt(at(index))), [count]);
}
