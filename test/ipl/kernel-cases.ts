/** Seeded pictures and coefficients for the tests of the pixel kernels. */
import { planeLayout, type PixelFormat, type PlaneLayout } from '../../plugin/core/video-layout';
import type { ReferenceInput } from './reference';

export type Random = () => number;

/** Uniform in 0..1; the same numbers for the same seed. */
export function random(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A frame that does not start where its buffer starts: noise in every byte, or a smooth picture over the noise. */
export function frame(layout: PlaneLayout, next: Random, kind: 'noise' | 'smooth', gain: number): Uint8Array {
  const bytes = new Uint8Array(new ArrayBuffer(layout.size + 7), 7);
  for (let i = 0; i < bytes.length; i++) bytes[i] = next() * 256;
  if (kind === 'noise') return bytes;
  for (const { offset, stride, width, height } of layout.planes) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const scene = 130 + 80 * Math.sin(x / 23 + 1) * Math.cos(y / 17) + 40 * Math.sin((x + y) / 7);
        bytes[offset + y * stride + x] = Math.min(255, Math.max(0, scene * gain));
      }
    }
  }
  return bytes;
}

export interface Case extends ReferenceInput {
  readonly coefficients: Float32Array;
  readonly mapWidth: number;
  readonly mapHeight: number;
}

export interface Picture {
  readonly format?: PixelFormat;
  readonly width: number;
  readonly height: number;
  readonly exposures?: number;
  readonly reference?: number;
  readonly block?: number;
  readonly range?: 'limited' | 'full';
  readonly kind?: 'noise' | 'smooth';
  /** Of the coefficients. */
  readonly amplitude?: number;
}

export function makeCase(picture: Picture, seed: number): Case {
  const { format = 'I420', width, height, exposures = 3, block = 16, range = 'limited', kind = 'noise' } = picture;
  const next = random(seed);
  const layout = planeLayout(format, width, height);
  const frames = Array.from({ length: exposures }, (_, k) => frame(layout, next, kind, 0.5 + 0.4 * k));
  const mapWidth = Math.ceil(width / block);
  const mapHeight = Math.ceil(height / block);
  const coefficients = Float32Array.from(
    { length: exposures * 6 * mapWidth * mapHeight },
    () => (next() * 2 - 1) * (picture.amplitude ?? 4),
  );
  return { layout, frames, reference: picture.reference ?? exposures >> 1, block, range, coefficients, mapWidth, mapHeight };
}

export const formats: PixelFormat[] = ['I420', 'NV12'];
const sizes = [[63, 37], [128, 96], [33, 65], [64, 33], [1, 1], [3, 2], [17, 8]] as const;

export const pictures: Picture[] = [];
for (const format of formats) {
  for (const [width, height] of sizes) {
    for (const exposures of [2, 3, 5]) {
      const odd = exposures % 2 === 1;
      pictures.push({ format, width, height, exposures, block: 16, range: odd ? 'limited' : 'full', kind: 'noise' });
      pictures.push({ format, width, height, exposures, block: odd ? 8 : 32, range: odd ? 'full' : 'limited', kind: 'smooth' });
    }
  }
}
pictures.push({ width: 130, height: 70, exposures: 4, block: 64 }, { width: 300, height: 140, block: 128, kind: 'smooth' });
pictures.push({ width: 63, height: 37, reference: 0 }, { width: 63, height: 37, reference: 2, format: 'NV12' });
// Logits hundreds apart: the largest must not overflow and the rest must not matter.
pictures.push({ width: 63, height: 37, amplitude: 400 }, { width: 48, height: 48, amplitude: 0 });
