/** The merge as docs/hdr.md has it, pixel by pixel, in double precision and without tables. */
import type { PlaneLayout } from '../../../plugin/core/frames/video-layout';
import { curveOf } from '../../../plugin/ipl/hdr/curves';
import { displayOf } from '../../../plugin/ipl/hdr/display';
import { codeScale, colourMatrix } from '../../../plugin/ipl/hdr/matrix';
import { CODE_ERROR, RELATIVE_ERROR, WHITE_WIDTH } from '../../../plugin/ipl/hdr/merge-numbers';
import { lostLight } from '../../../plugin/ipl/hdr/lost-light';
import { NODES, nodeOf } from '../../../plugin/ipl/hdr/lost-map';
import type { MergeTask } from '../../../plugin/ipl/hdr/merge-task';
import { ENTRIES_PER_CODE } from '../../../plugin/ipl/hdr/tables';

type Rgb = readonly [number, number, number];

const bound = (value: number): number => Math.min(1, Math.max(0, value));

/** Sample of a plane of `components` in turns. */
export function sampleAt(payload: Uint8Array, { format, planes }: PlaneLayout, plane: number, x: number, y: number): number {
  const turns = format === 'NV12' || format === 'P010_10LE';
  const [place, step, first] = turns && plane > 0 ? [1, 2, plane - 1] : [plane, 1, 0];
  const { offset, stride } = planes[place] ?? { offset: 0, stride: 0 };
  const at = x * step + first;
  if (!format.endsWith('_10LE')) return payload[offset + y * stride + at] ?? 0;
  const value = new DataView(payload.buffer, payload.byteOffset).getUint16(offset + y * stride + 2 * at, true);
  return format === 'P010_10LE' ? value >> 6 : value;
}

/** R', G', B' of luma and chroma samples. */
function codes({ layout, colorimetry }: MergeTask, luma: number, cb: number, cr: number): Rgb {
  const scale = codeScale(colorimetry.range, layout.format.endsWith('_10LE') ? 10 : 8);
  const { redOfCr, greenOfCb, greenOfCr, blueOfCb } = colourMatrix(colorimetry);
  const y = (luma - scale.black) * scale.luma;
  const [b, r] = [(cb - scale.grey) * scale.chroma, (cr - scale.grey) * scale.chroma];
  return [y + redOfCr * r, y - greenOfCb * b - greenOfCr * r, y + blueOfCb * b];
}

/** @returns Y', Cb, Cr in codes of 10 bits, unrounded, by pixel and by cell */
export function mergeReference(task: MergeTask, times: readonly number[]): { luma: Float64Array; blue: Float64Array; red: Float64Array } {
  const { layout, payloads, reference, settings, declared } = task;
  const { width, height } = layout;
  const curve = curveOf(settings.curve);
  const display = displayOf(settings, curve, 2 ** -Math.min(...declared) * curve.toLight(1));
  const [columns, rows] = [Math.ceil(width / 2), Math.ceil(height / 2)];
  const light = (rgb: Rgb): Rgb => [curve.toLight(rgb[0]), curve.toLight(rgb[1]), curve.toLight(rgb[2])];
  const comparable = (rgb: Rgb, more: number): number => bound((curve.clip - 0.06 - Math.max(...rgb) - more) / 0.06);
  const open = (rgb: Rgb): number => bound((curve.clip - Math.max(...rgb)) / 0.06);
  const pale = (rgb: Rgb): number => bound((([...rgb].sort((a, b) => a - b)[1]) - (curve.clip - WHITE_WIDTH)) / WHITE_WIDTH) * (1 - open(rgb));
  const mean = ([r = 0, g = 0, b = 0]: readonly number[]): number => (r + 2 * g + b) / 4;
  const cellOf = (index: number, x: number, y: number): { rgb: Rgb; luma: number; more: number } => {
    const payload = payloads[index];
    const at = (dx: number, dy: number): number => sampleAt(payload, layout, 0, Math.min(2 * x + dx, width - 1), Math.min(2 * y + dy, height - 1));
    const luma = (at(0, 0) + at(1, 0) + at(0, 1) + at(1, 1)) / 4;
    const [cb, cr] = [sampleAt(payload, layout, 1, x, y), sampleAt(payload, layout, 2, x, y)];
    const grey = codeScale(task.colorimetry.range, layout.format.endsWith('_10LE') ? 10 : 8).grey;
    const largest = Math.max(at(0, 0), at(1, 0), at(0, 1), at(1, 1));
    const own = codes(task, luma, grey, grey)[0];
    return { rgb: codes(task, luma, cb, cr), luma: own, more: codes(task, largest, grey, grey)[0] - own };
  };
  // Over as many codes as the tables have it.
  const reach = 8 / ENTRIES_PER_CODE;
  const steepness = (code: number): number => (curve.toLight(code + reach) - curve.toLight(code - reach)) / (2 * reach);
  const stays = payloads.map((_, index) => {
    const values = new Float64Array(columns * rows);
    for (let y = 0; y < rows; y += 1) {
      for (let x = 0; x < columns; x += 1) {
        const [own, other] = [cellOf(reference, x, y), cellOf(index, x, y)];
        const time = times[index];
        const [a, b] = [light(own.rgb), light(other.rgb).map((value) => value / time)];
        const apart = a.map((value, channel) => {
          const more = (b[channel]) - value;
          return Math.max(more * comparable(own.rgb, own.more), -more);
        }) as unknown as Rgb;
        const explained = RELATIVE_ERROR * Math.max(mean(a), mean(b)) + CODE_ERROR * (steepness(own.luma) + steepness(other.luma) / time);
        values[y * columns + x] = bound(2 - mean(apart) / explained);
      }
    }
    return values;
  });
  const spread = (index: number, x: number, y: number): number => {
    let least = 1;
    for (let dy = -1; dy <= 1; dy += 1) {
      for (let dx = -1; dx <= 1; dx += 1) {
        const at = Math.min(Math.max(y + dy, 0), rows - 1) * columns + Math.min(Math.max(x + dx, 0), columns - 1);
        least = Math.min(least, (stays[index] as Float64Array)[at]);
      }
    }
    return least;
  };
  const lostMap = lostLight(task, times);
  const nodes = NODES.map((node) => curve.clip + node);
  // Straight lines between blocks and between nodes.
  const lostGain = (x: number, y: number, least: number): number => {
    if (!lostMap) return 1;
    const { columns, rows: blockRows, scale: perCell, offset, gains } = lostMap;
    const place = (cell: number, count: number): number => Math.min(count - 1, Math.max(0, cell * perCell + offset));
    const [px, py, pn] = [place(x, columns), place(y, blockRows), nodeOf(least, nodes)];
    let sum = 0;
    for (let n = 0; n < NODES.length; n += 1) {
      for (let row = 0; row < blockRows; row += 1) {
        for (let column = 0; column < columns; column += 1) {
          const weight = bound(1 - Math.abs(n - pn)) * bound(1 - Math.abs(row - py)) * bound(1 - Math.abs(column - px));
          if (weight > 0) sum += weight * gains[(n * blockRows + row) * columns + column];
        }
      }
    }
    return sum;
  };
  const result = { luma: new Float64Array(width * height), blue: new Float64Array(columns * rows), red: new Float64Array(columns * rows) };
  for (let y = 0; y < 2 * rows; y += 1) {
    for (let x = 0; x < 2 * columns; x += 1) {
      const [cx, cy] = [x >> 1, y >> 1];
      const rgbs = payloads.map((payload) =>
        codes(task, sampleAt(payload, layout, 0, Math.min(x, width - 1), Math.min(y, height - 1)), sampleAt(payload, layout, 1, cx, cy), sampleAt(payload, layout, 2, cx, cy)));
      const kept = payloads.map((_, index) => spread(index, cx, cy));
      const own = rgbs[reference];
      const shares = rgbs.map((rgb, index) => (index === 0 ? (kept[0]) : open(rgb) * (kept[index])));
      const lit = Math.max(open(own), ...shares.slice(reference + 1));
      const given = shares.slice(0, reference);
      for (const [index, share] of given.entries()) shares[index] = share * (1 - lit);
      shares[reference] = reference === 0 ? 1 : Math.max(open(own), 1 - Math.max(...given));
      const lost = reference === 0 ? pale(own) : (kept[0]) * (1 - lit) * pale(rgbs[0]) + (1 - Math.max(...given)) * pale(own);
      const gone = (1 - Math.max(0, ...given)) * (1 - lit);
      const raised = gone > 0 ? 1 + gone * (lostGain(cx, cy, Math.min(...own)) - 1) : 1;
      const time = shares.reduce((sum, share, index) => sum + share * (times[index]), 0);
      const merged = [0, 1, 2].map((channel) => rgbs.reduce((sum, rgb, index) => sum + (shares[index]) * (index === reference ? raised : 1) * (light(rgb)[channel]), 0) / time);
      const most = Math.max(...merged);
      let shown = merged.map((value) => (value + lost * (most - value)) * display.scale);
      shown = [0, 3, 6].map((row) => shown.reduce((sum, value, column) => sum + value * (display.primaries[row + column]), 0));
      const lumaOf = (values: readonly number[]): number => 0.2627 * (values[0]) + 0.678 * (values[1]) + 0.0593 * (values[2]);
      const gain = display.luminanceGain?.(Math.max(lumaOf(shown), 2 ** -23)) ?? 1;
      shown = shown.map((value) => value * gain);
      const less = display.rollOff?.(Math.max(2 ** -23, ...shown)) ?? 1;
      const out = shown.map((value) => display.toCode(value * less));
      const luma = lumaOf(out);
      if (x < width && y < height) result.luma[y * width + x] = 64 + 876 * luma;
      const cell = cy * columns + cx;
      result.blue[cell] = (result.blue[cell]) + 128 + (896 / 4) * (((out[2]) - luma) / 1.8814);
      result.red[cell] = (result.red[cell]) + 128 + (896 / 4) * (((out[0]) - luma) / 1.4746);
    }
  }
  return result;
}
