/** The pixel kernels' arithmetic once more: plain, in double precision, pixel by pixel, slow (models/train/network/rule.py). */
import { ALL, shareOf, type Shares } from '../../../plugin/ipl/kernels';
import { RANGES } from '../../../plugin/ipl/kernels/rule.generated';
import type { Case } from './cases';

/** Codes; all that the kernels' 16 bits hold. */
const UNBOUNDED = 512;
/** How far beyond what exposures show, times as far as they are apart; how far chroma besides, from which luma of the reference on (rule.py). */
const BEYOND = 4;
const [FREE, LIGHT] = [0.25, 0.9];

const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high);
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function codeAt({ layout }: Case, frame: Uint8Array, p: number, byte: number, y: number): number {
  const plane = layout.planes[p];
  return frame[plane.offset + y * plane.stride + byte];
}

function luma(input: Case, frame: Uint8Array, x: number, y: number): number {
  const code = codeAt(input, frame, 0, x, y);
  const [black, span] = RANGES[input.range];
  return (code - black) / span;
}

/** Cb and Cr, 0 where grey. */
function chroma(input: Case, frame: Uint8Array, x: number, y: number): [number, number] {
  const [, , span] = RANGES[input.range];
  const codes = input.layout.format === 'NV12'
    ? [codeAt(input, frame, 1, 2 * x, y), codeAt(input, frame, 1, 2 * x + 1, y)]
    : [codeAt(input, frame, 1, x, y), codeAt(input, frame, 2, x, y)];
  return codes.map((code) => (code - 128) / span) as [number, number];
}

/** Every `step`-th of the `side` positions from `first` that are below `end`. */
function positions(first: number, side: number, step: number, end: number): number[] {
  const out: number[] = [];
  for (let at = first; at < Math.min(first + side, end); at += step) out.push(at);
  return out;
}

/** Mean |Laplacian| of the pixels at the inner ones of the block's `columns` and every third one of its inner `rows`. */
function contrast({ layout, block }: Case, rows: readonly number[], columns: readonly number[], at: (x: number, y: number) => number): number {
  const values: number[] = [];
  const inner = (list: readonly number[], end: number): number[] =>
    list.filter((position, i) => i > 0 && i < Math.min(block, 16) - 1 && position < end - 1);
  for (const y of inner(rows, layout.height).filter((_, i) => i % 3 === 0)) {
    for (const x of inner(columns, layout.width)) {
      values.push(Math.abs(4 * at(x, y) - at(x - 1, y) - at(x + 1, y) - at(x, y - 1) - at(x, y + 1)));
    }
  }
  return values.length ? mean(values) : 0;
}

function blockStatistics(input: Case, k: number, row: number, column: number): number[] {
  const { layout, frames, reference, block } = input;
  const step = Math.max(1, block / 16);
  const nominal = (frame: Uint8Array, x: number, y: number): number => clamp(luma(input, frame, x, y), 0, 1);
  const rows = positions(row * block, block, step, layout.height);
  const columns = positions(column * block, block, step, layout.width);
  const own = rows.flatMap((y) => columns.map((x) => nominal(frames[k], x, y)));
  const ref = rows.flatMap((y) => columns.map((x) => nominal(frames[reference], x, y)));
  // A sample of colour for two of luma in each direction.
  const side = block / layout.chromaScale;
  const stride = (2 / layout.chromaScale) * step;
  const colours = positions(row * side, side, stride, Math.ceil(layout.height / layout.chromaScale)).flatMap((y) =>
    positions(column * side, side, stride, Math.ceil(layout.width / layout.chromaScale)).map((x) =>
      [chroma(input, frames[k], x, y), chroma(input, frames[reference], x, y)] as const));
  const m = mean(own);
  const r = mean(ref);
  return [
    m, Math.sqrt(mean(own.map((value) => (value - m) ** 2))), Math.min(...own), Math.max(...own),
    r, Math.sqrt(mean(ref.map((value) => (value - r) ** 2))),
    mean(own.map((value, i) => Math.abs(value - ref[i]))),
    10 * mean(own.map((value, i) => (value - m) * (ref[i] - r))),
    (k - reference) / 4, frames.length / 5, contrast(input, rows, columns, (x, y) => nominal(frames[k], x, y)),
    mean(colours.map(([[b, c]]) => Math.abs(b) + Math.abs(c))),
    mean(colours.map(([[b, c], [br, cr]]) => Math.abs(b - br) + Math.abs(c - cr))),
    mean(colours.map(([[b]]) => b)), mean(colours.map(([[, c]]) => c)),
  ];
}

/** Float64 [K, 15, h, w]. */
export function referenceStatistics(input: Case): Float64Array {
  const { frames, mapWidth: w, mapHeight: h } = input;
  const out = new Float64Array(frames.length * 15 * h * w);
  for (let k = 0; k < frames.length; k++) {
    for (let row = 0; row < h; row++) {
      for (let column = 0; column < w; column++) {
        blockStatistics(input, k, row, column).forEach((value, channel) => {
          out[((k * 15 + channel) * h + row) * w + column] = value;
        });
      }
    }
  }
  return out;
}

/** The two neighbours and the fraction of torch.nn.functional.interpolate(align_corners=False). */
function neighbours(pixel: number, block: number, size: number): [number, number, number] {
  const position = clamp((pixel + 0.5) / block - 0.5, 0, size - 1);
  const first = Math.floor(position);
  return [first, Math.min(first + 1, size - 1), position - first];
}

/** 2^x by straight lines between whole x. */
const power = (x: number): number => 2 ** Math.floor(x) * (1 + x - Math.floor(x));

/** The six coefficients of exposure k at a pixel, which may lie between pixels. */
function coefficientsAt(input: Case, k: number, x: number, y: number): number[] {
  const { block, coefficients, mapWidth: w, mapHeight: h } = input;
  const [top, bottom, fy] = neighbours(y, block, h);
  const [left, right, fx] = neighbours(x, block, w);
  const out = [0, 0, 0, 0, 0, 0];
  // A function for each would be half of all that these tests take.
  for (let channel = 0; channel < 6; channel += 1) {
    const map = (k * 6 + channel) * h;
    const [over, under] = [(map + top) * w, (map + bottom) * w];
    const upper = coefficients[over + left] * (1 - fx) + coefficients[over + right] * fx;
    const lower = coefficients[under + left] * (1 - fx) + coefficients[under + right] * fx;
    out[channel] = upper * (1 - fy) + lower * fy;
  }
  return out;
}

function covers(input: Case, exposure: number, x: number, y: number): boolean {
  const cover = input.covers?.[exposure];
  return !cover || (x >= cover[2 * y] && x < cover[2 * y + 1]);
}

/** The weights of one luma pixel. */
function weightsAt(input: Case, x: number, y: number, shares: Shares): number[] {
  const { frames, reference } = input;
  const r = luma(input, frames[reference], x, y);
  const powers = frames.map((frame, k) => {
    if (k === reference) return 1;
    if (!covers(input, k, x, y)) return 0;
    const c = coefficientsAt(input, k, x, y);
    const l = luma(input, frame, x, y);
    return power(clamp(c[0] + c[1] * l + c[2] * r + c[3] * l * l + c[4] * l * r + c[5] * r * r, -60, 60));
  });
  const sum = powers.reduce((total, value) => total + value, 0);
  const weights = powers.map((value, k) => (k === reference ? 0 : (shareOf(shares, k, reference) * value) / sum));
  weights[reference] = 1 - weights.reduce((total, weight) => total + weight, 0);
  return weights;
}

/** How far the exposures are apart: what one does not show says nothing of it. */
function apartAt(input: Case, x: number, y: number): number {
  if (input.frames.some((_, k) => !covers(input, k, x, y))) return Infinity;
  const shown = input.frames.map((frame) => luma(input, frame, x, y));
  return Math.max(...shown) - Math.min(...shown);
}

/** How far the chroma may go because the reference is near white. */
function unknownAt(input: Case, x: number, y: number): number {
  if (apartAt(input, x, y) === Infinity) return UNBOUNDED / RANGES[input.range][2];
  const own = luma(input, input.frames[input.reference], x, y);
  return Math.min(apartAt(input, x, y), clamp((FREE * (own - LIGHT)) / (1 - LIGHT), 0, FREE));
}

/** The code of the reference after its tone curve. */
function tonedCode(input: Case, x: number, y: number, { darker, brighter }: Shares): number {
  const [c0, c1] = coefficientsAt(input, input.reference, x, y);
  const own = luma(input, input.frames[input.reference], x, y);
  const apart = BEYOND * apartAt(input, x, y);
  const change = clamp(c0 + c1 * own, -apart, apart);
  const toned = clamp(own + (change > 0 ? brighter : darker) * change, Math.min(own, 0), Math.max(own, 1));
  const [black, span] = RANGES[input.range];
  return black + span * toned;
}

/** The fused frame over a copy of `background`, whose bytes between rows stay. */
export function referenceBlend(input: Case, background: Uint8Array, gain = 1, shares = ALL): Uint8Array {
  const { layout, frames, reference } = input;
  const out = background.slice();
  const weights: number[][] = [];
  const plane = layout.planes[0];
  for (let y = 0; y < layout.height; y++) {
    for (let x = 0; x < layout.width; x++) {
      const own = weightsAt(input, x, y, shares);
      weights.push(own);
      const codes = frames.map((frame, k) => (k === reference ? tonedCode(input, x, y, shares) : codeAt(input, frame, 0, x, y)));
      const fused = codes.reduce((sum, code, k) => sum + own[k] * code, 0);
      out[plane.offset + y * plane.stride + x] = Math.round(fused);
    }
  }
  const bytesPerSample = layout.format === 'NV12' ? 2 : 1;
  for (const [p, samples] of layout.planes.entries()) {
    if (p === 0) continue;
    for (let y = 0; y < samples.height; y++) {
      for (let byte = 0; byte < samples.width; byte++) {
        const scale = layout.chromaScale;
        const x = Math.floor(byte / bytesPerSample) * scale;
        const last = scale - 1;
        const places = [[x, scale * y], [x + last, scale * y], [x, scale * y + last], [x + last, scale * y + last]]
          .filter(([px, py]) => px < layout.width && py < layout.height);
        const pixels = places.map(([px, py]) => weights[py * layout.width + px]);
        const unknown = mean(places.map(([px, py]) => unknownAt(input, px, py)));
        const edge = Math.min(scale * y + last, layout.height - 1) - scale * y; // 0 where the last row stands for both
        const [, , , own, blue, red] = coefficientsAt(input, reference, x + last / 2, scale * y + edge / 2);
        const shift = (p === 2 || (bytesPerSample === 2 && byte % 2 === 1) ? red : blue) * RANGES[input.range][2];
        const fused = frames.reduce((sum, frame, k) => {
          return sum + mean(pixels.map((weights) => weights[k])) * (codeAt(input, frame, p, byte, y) - 128);
        }, 0);
        const shown = frames.map((frame) => codeAt(input, frame, p, byte, y) - 128);
        const [least, most] = [Math.min(...shown), Math.max(...shown)];
        const apart = BEYOND * (most - least) + unknown * RANGES[input.range][2];
        const colour = clamp((1 + own) * fused + shift, least - apart, most + apart);
        out[samples.offset + y * samples.stride + byte] = clamp(Math.round(128 + gain * colour), 0, 255);
      }
    }
  }
  return out;
}
