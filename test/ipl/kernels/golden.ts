/** Seeded pictures of noise that models/train/export/statistics.py draws the same. */
import { planeLayout, type PlaneLayout } from '../../../plugin/core/frames/video-layout';
import type { Case } from './cases';

export interface GoldenPicture {
  readonly width: number;
  readonly height: number;
  readonly exposures: number;
  readonly reference: number;
  readonly block: number;
  readonly range: 'limited' | 'full';
  readonly seed: number;
}

function noise(length: number, seed: number): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}

/** The picture as the tests of the kernels take it. */
export function goldenCase({ width, height, exposures, reference, block, range, seed }: GoldenPicture, coefficients = new Float32Array()): Case {
  const layout = planeLayout('I420', width, height);
  const frames = Array.from({ length: exposures }, (_, k) => noise(layout.size, seed + k));
  return { layout, frames, reference, block, range, coefficients, mapWidth: Math.ceil(width / block), mapHeight: Math.ceil(height / block) };
}

/** The bytes of the planes' pixels, without what lies between rows. */
export function pixelsOf(layout: PlaneLayout, frame: Uint8Array): number[] {
  return layout.planes.flatMap(({ offset, stride, width, height }) =>
    Array.from({ length: height }, (_, y) => [...frame.subarray(offset + y * stride, offset + y * stride + width)]).flat());
}
