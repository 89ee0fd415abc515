/** Pictures for tests of the fusion: synthetic moving scenes, and measures of difference. */
import type { ExposureSet, Frame } from '../../plugin/core/frames/frame';
import { parseVideoCaps } from '../../plugin/core/frames/video-caps';
import type { PixelFormat, PlaneLayout } from '../../plugin/core/frames/video-layout';
import { random } from './kernels/cases';

/** A scene with texture at all scales and a disc that moves with time, seen at a gain; deterministic. */
export function paint(layout: PlaneLayout, gain: number, time: number): Uint8Array {
  const payload = new Uint8Array(layout.size);
  const { width, height } = layout;
  for (const [number, plane] of layout.planes.entries()) {
    for (let y = 0; y < plane.height; y += 1) {
      for (let x = 0; x < plane.width; x += 1) {
        const at = plane.offset + y * plane.stride + x;
        payload[at] = number === 0 ? luma(x / width, y / height, gain, time) : 128 + 40 * Math.sin(x / 9 + number);
      }
    }
  }
  return payload;
}

function luma(x: number, y: number, gain: number, time: number): number {
  const moving = (x - 0.3 - 0.05 * time) ** 2 + (y - 0.5) ** 2 < 0.01;
  const texture = 0.08 * Math.sin(x * 90) * Math.cos(y * 70) + 0.03 * Math.sin(x * 911 + y * 677);
  const radiance = moving ? 0.02 : 0.05 + 0.6 * x * x + (y < 0.3 ? 1.2 * x : 0) + texture * (0.2 + x);
  const display = Math.min(1, Math.max(0, radiance * gain)) ** (1 / 2.2);
  return Math.round(16 + 219 * display);
}

/** Smooth at the scale of pixels, with an edge: a picture of a lens. */
export function lensPicture(layout: PlaneLayout, gain = 1): Uint8Array {
  const payload = new Uint8Array(layout.size);
  for (const [number, { offset, stride, width, height }] of layout.planes.entries()) {
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1) {
        const scene = number > 0 ? 128 + 20 * Math.sin(x / 19) : 110 + 50 * Math.sin(x / 23) * Math.cos(y / 31) + (x % 160 < 60 ? 60 : 0);
        payload[offset + y * stride + x] = number > 0 ? scene : Math.min(235, 16 + scene * gain);
      }
    }
  }
  return payload;
}

/** Adds noise of a deviation, in codes, to all samples. */
export function noisy(payload: Uint8Array, deviation: number, seed: number): Uint8Array {
  const next = random(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  return payload.map((code) => Math.min(255, Math.max(0, Math.round(code + deviation * normal()))));
}

export const GAINS = [0.25, 1, 4] as const;

export function capsFor(format: PixelFormat, width: number, height: number): string {
  return (
    `video/x-raw, format=(string)${format}, width=(int)${width}, height=(int)${height}, ` +
    'framerate=(fraction)30/1, interlace-mode=(string)progressive, colorimetry=(string)bt709'
  );
}

/** A set of exposures of the painted scene, in the order of `gains`. */
export function paintSet(
  format: PixelFormat,
  width: number,
  height: number,
  time = 0,
  gains: readonly number[] = GAINS,
): ExposureSet {
  const caps = parseVideoCaps(capsFor(format, width, height));
  const frames = gains.map(
    (gain, index): Frame => ({
      kind: 'frame',
      payload: paint(caps.layout, gain, time + index / gains.length),
      caps,
      runningTime: BigInt(time) * 33_333_333n + BigInt(index),
      duration: 33_333_333n,
      shared: false,
      origins: [],
    }),
  );
  return { kind: 'exposures', frames, branches: gains.map((gain) => `gain${gain}`), origins: [] };
}

/** Peak signal to noise ratio of two payloads over their samples, in dB; Infinity where they are equal. */
export function psnr(a: Uint8Array, b: Uint8Array, layout: PlaneLayout, rows?: readonly number[]): number {
  let sum = 0;
  let count = 0;
  for (const plane of rows ? layout.planes.slice(0, 1) : layout.planes) {
    for (const y of rows ?? Array.from({ length: plane.height }, (_, row) => row)) {
      for (let x = 0; x < plane.width; x += 1) {
        const at = plane.offset + y * plane.stride + x;
        sum += ((a[at] ?? 0) - (b[at] ?? 0)) ** 2;
        count += 1;
      }
    }
  }
  return 10 * Math.log10((255 * 255 * count) / sum);
}
