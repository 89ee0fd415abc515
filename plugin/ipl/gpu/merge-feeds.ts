/** What the graph of the HDR merge takes beside the planes: what merge-kernels.ts gives to the kernels, but in whole entries of the table of light. */
import { Tensor } from 'onnxruntime-node';
import { bitsBelowEight, bytesOf, depthOf, type PixelFormat } from '../../core/frames/video-layout';
import { curveOf, LOWEST_CODE } from '../hdr/curves';
import { displayOf } from '../hdr/display';
import { codeScale, colourMatrix } from '../hdr/matrix';
import { CLIP_WIDTH, CODE_ERROR, RELATIVE_ERROR, WHITE_WIDTH } from '../hdr/merge-numbers';
import { NODES, type LostMap } from '../hdr/lost-map';
import { kindOf, KINDS } from '../hdr/merge-order';
import type { MergeTask } from '../hdr/merge-task';
import { COARSE, ENTRIES_PER_CODE, errorTable, FINE, lightTable, logTable } from '../hdr/tables';
import type { Feeds } from './graph-feeds';
import type { GraphPlanes, Strip } from './planes';

const tensor = (values: ArrayLike<number>, dims: readonly number[] = [values.length]): Tensor => new Tensor('float32', Float32Array.from(values), dims);

/** Tables and numbers, which stay while the settings do. */
export function settingsFeeds({ layout, colorimetry, settings, declared }: MergeTask): Feeds {
  const curve = curveOf(settings.curve);
  // As of the kernels, roll-off goes by the exposures that are declared.
  const display = displayOf(settings, curve, 2 ** -Math.min(...declared) * curve.toLight(1));
  const { luminanceGain = () => 1, rollOff = () => 1, toCode } = display;
  const scale = codeScale(colorimetry.range, depthOf(layout.format));
  const { redOfCr, greenOfCb, greenOfCr, blueOfCb } = colourMatrix(colorimetry);
  const place = (code: number): number => ENTRIES_PER_CODE * (code - LOWEST_CODE) + 0.5;
  const ofChroma = ENTRIES_PER_CODE * scale.chroma;
  return {
    weights: weightsOf(layout.format),
    scale: tensor([ENTRIES_PER_CODE * scale.luma, place(-scale.luma * scale.black), scale.grey]),
    colour: tensor([ofChroma * redOfCr, ofChroma * greenOfCb, ofChroma * greenOfCr, ofChroma * blueOfCb]),
    clip: tensor([place(curve.clip), 1 / (ENTRIES_PER_CODE * CLIP_WIDTH)]),
    white: tensor([place(curve.clip - WHITE_WIDTH), 1 / (ENTRIES_PER_CODE * WHITE_WIDTH)]),
    relative: tensor([RELATIVE_ERROR]),
    nodes: tensor(NODES.slice(1).flatMap((node, at) => [place(curve.clip + NODES[at]), 1 / (ENTRIES_PER_CODE * (node - NODES[at]))]), [NODES.length - 1, 2]),
    shown: tensor([display.scale]),
    primaries: tensor(display.primaries, [3, 3]),
    light: tensor(lightTable(curve)),
    error: tensor(errorTable(curve, CODE_ERROR)),
    gain: tensor(logTable(luminanceGain, COARSE)),
    roll: tensor(logTable(rollOff, COARSE)),
    codes: tensor(logTable(toCode, FINE)),
  };
}

/** @param order of the exposures, as the sum takes them */
export function exposureFeeds({ reference }: MergeTask, times: readonly number[], order: readonly number[]): Feeds {
  const kinds = order.map((index) => kindOf(index, reference));
  const ofKind = (wanted: number): Tensor => tensor(kinds.map((kind) => Number(kind === wanted)));
  return { times: tensor(order.map((index) => times[index] ?? 1)), brighter: ofKind(KINDS.brighter), darkest: ofKind(KINDS.darkest) };
}

/** @param rows of the strip, those beyond what is wanted counted */
export function placeFeeds({ width, components, interleaved }: GraphPlanes, rows: number): Feeds {
  const halves = (count: number): Tensor => new Tensor('int64', BigInt64Array.from({ length: count }, (_, at) => BigInt(at >> 1)), [count]);
  return {
    half_rows: halves(rows),
    half_columns: halves(width),
    cells: tensor(Array.from({ length: width / 2 }, (_, at) => at)),
    is_blue: tensor([1, 0], [components, 1, 1, interleaved]),
  };
}

/** Of each row of cells, the first that an exposure covers, and the one after the last: what it covers in part it says nothing of. */
export function cellCovers({ covers, layout: { width, height } }: MergeTask, order: readonly number[], { top, rows }: Strip): Feeds {
  const values = new Float32Array(order.length * rows);
  for (const [place, exposure] of order.entries()) {
    const cover = place === 0 ? undefined : covers?.[exposure];
    for (let row = 0; row < rows / 2; row += 1) {
      const [upper, lower] = [top + 2 * row, Math.min(top + 2 * row + 1, height - 1)];
      const from = cover ? Math.max(cover[2 * upper], cover[2 * lower]) : 0;
      const end = cover ? Math.min(cover[2 * upper + 1], cover[2 * lower + 1]) : width;
      const at = place * rows + 2 * row;
      values[at] = Math.ceil(from / 2);
      // The last cell of an odd width is half a cell.
      values[at + 1] = end === width ? Math.ceil(width / 2) : Math.floor(end / 2);
    }
  }
  return { covers: tensor(values, [order.length, rows / 2, 2]) };
}

/** Gains of lost light in blocks, and how much of each block a cell takes. @param lost undefined: none are known @param strip those rows beyond what is wanted counted */
export function lostFeeds(lost: LostMap | undefined, { width }: GraphPlanes, { top, rows }: Strip): Feeds {
  const { columns, rows: blocks, scale, offset, gains } = lost ?? { columns: 1, rows: 1, scale: 0, offset: 0, gains: new Float32Array(NODES.length).fill(1) };
  const shares = (cell: number, count: number): number[] => {
    const place = Math.min(count - 1, Math.max(0, cell * scale + offset));
    return Array.from({ length: count }, (_, block) => Math.max(0, 1 - Math.abs(block - place)));
  };
  const [down, across] = [rows / 2, width / 2];
  const gainRows = Float32Array.from(Array.from({ length: down }, (_, row) => shares(top / 2 + row, blocks)).flat());
  const gainColumns = new Float32Array(columns * across);
  for (let cell = 0; cell < across; cell += 1) for (const [block, share] of shares(cell, columns).entries()) gainColumns[block * across + cell] = share;
  return { gains: tensor(gains, [NODES.length, blocks, columns]), gain_rows: tensor(gainRows, [down, blocks]), gain_columns: tensor(gainColumns, [columns, across]) };
}

/** What each byte of a sample counts, in codes. */
function weightsOf(format: PixelFormat): Tensor {
  if (bytesOf(format) === 1) return tensor([1]);
  const above = bitsBelowEight(format) - 2;
  return tensor([2 ** -above, 2 ** (8 - above)]);
}
