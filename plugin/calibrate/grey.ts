/** Pictures in grey, for people: made small, of one brightness, and two of them in a checkerboard. */
import type { Frame } from '../core/frames/frame';
import { apply, type Homography } from '../ipl/kernels/homography';

export interface Grey {
  readonly width: number;
  readonly height: number;
  /** Full range, without padding. */
  readonly codes: Uint8Array;
}

/** What is shown of a picture, and how large. */
export interface Window {
  readonly left: number;
  readonly top: number;
  /** Pixels that are shown of a pixel, in each direction. */
  readonly zoom: number;
  /** Of what is shown. */
  readonly width: number;
  readonly height: number;
}

export function greyOf({ payload, caps }: Frame): Grey {
  const [luma] = caps.layout.planes;
  if (!luma) throw new RangeError('A picture has a plane of luma.');
  const { offset, stride, width, height } = luma;
  const full = Uint8Array.from({ length: 256 }, (_, code) => (caps.range === 'full' ? code : clamp(((code - 16) * 255) / 219)));
  const codes = new Uint8Array(width * height);
  for (let y = 0, to = 0; y < height; y += 1) for (let x = 0; x < width; x += 1, to += 1) codes[to] = full[payload[offset + y * stride + x] ?? 0] ?? 0;
  return { width, height, codes };
}

/** Means of boxes of `factor` x `factor` pixels. */
export function smaller(grey: Grey, factor: number): Grey {
  if (factor === 1) return grey;
  const [width, height] = [Math.floor(grey.width / factor), Math.floor(grey.height / factor)];
  const codes = new Uint8Array(width * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      let sum = 0;
      for (let v = 0; v < factor; v += 1) for (let u = 0; u < factor; u += 1) sum += grey.codes[(y * factor + v) * grey.width + x * factor + u] ?? 0;
      codes[y * width + x] = sum / (factor * factor);
    }
  }
  return { width, height, codes };
}

/** The exposure with the reference's histogram, of what both show: as bright, and of one contrast. @param map where it lies */
export function likeBrightness(exposure: Grey, reference: Grey, map: Homography): Grey {
  const { own, wanted } = histograms(exposure, reference, map);
  const table = new Uint8Array(256);
  for (let code = 0, passed = 0, to = 0, below = wanted[0] ?? 0; code < 256; code += 1) {
    const middle = passed + (own[code] ?? 0) / 2;
    while (to < 255 && below < middle) below += wanted[(to += 1)] ?? 0;
    table[code] = to;
    passed += own[code] ?? 0;
  }
  return { ...exposure, codes: exposure.codes.map((code) => table[code] ?? 0) };
}

/** Of the exposure and of the reference, on some 65,000 pixels. */
function histograms(exposure: Grey, reference: Grey, map: Homography): { readonly own: Float64Array; readonly wanted: Float64Array } {
  const step = Math.max(1, Math.round(Math.sqrt((reference.width * reference.height) / 65_536)));
  const [own, wanted] = [new Float64Array(256), new Float64Array(256)];
  for (let y = 0; y < reference.height; y += step) {
    for (let x = 0; x < reference.width; x += step) {
      const code = codeAt(exposure, ...apply(map, x, y));
      const there = reference.codes[y * reference.width + x] ?? 0;
      // What one of them has clipped would be noise in the other's brightness.
      if (code === undefined || !isShown(code) || !isShown(there)) continue;
      own[Math.round(code)] = (own[Math.round(code)] ?? 0) + 1;
      wanted[there] = (wanted[there] ?? 0) + 1;
    }
  }
  return { own, wanted };
}

/** Squares of the reference and of the exposure, seen through a map, by turns. What the exposure does not show is black. */
export function checkered(reference: Grey, exposure: Grey, map: Homography, { left, top, zoom, width, height }: Window, squares: number): Grey {
  const codes = new Uint8Array(width * height);
  const side = Math.max(1, Math.ceil(width / squares));
  for (let y = 0, to = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1, to += 1) {
      const [fromX, fromY] = [left + x / zoom, top + y / zoom];
      const own = (Math.floor(x / side) + Math.floor(y / side)) % 2 === 1;
      codes[to] = (own ? codeAt(exposure, ...apply(map, fromX, fromY)) : codeAt(reference, fromX, fromY)) ?? 0;
    }
  }
  return { width, height, codes };
}

/** Between four pixels, linearly; undefined outside of the picture. */
function codeAt({ width, height, codes }: Grey, x: number, y: number): number | undefined {
  if (!(x >= 0 && y >= 0 && x <= width - 1 && y <= height - 1)) return undefined;
  const [left, up] = [Math.min(Math.floor(x), Math.max(0, width - 2)), Math.min(Math.floor(y), Math.max(0, height - 2))];
  const [right, down] = [Math.min(left + 1, width - 1), Math.min(up + 1, height - 1)];
  const row = (at: number): number => (codes[at * width + left] ?? 0) * (1 - (x - left)) + (codes[at * width + right] ?? 0) * (x - left);
  return row(up) * (1 - (y - up)) + row(down) * (y - up);
}

const isShown = (code: number): boolean => code > 3 && code < 250;
const clamp = (code: number): number => Math.min(255, Math.max(0, Math.round(code)));
