import type { PlaneLayout } from '../../core/frames/video-layout';
import { eightBitsOf } from './eight-bit-samples';

/** Samples in each direction that are plenty for a mean. */
const SAMPLES = 128;

/** Mean luma code, 0..255, of a grid of at most about 128 x 128 pixels: enough to order exposures by brightness. */
export function meanLuma(frame: Uint8Array, layout: PlaneLayout): number {
  const [luma] = layout.planes;
  const { bytes, codeAt } = eightBitsOf(layout.format);
  const stepX = Math.max(1, Math.floor(layout.width / SAMPLES));
  const stepY = Math.max(1, Math.floor(luma.height / SAMPLES));
  let sum = 0;
  let count = 0;
  for (let y = 0; y < luma.height; y += stepY) {
    const row = luma.offset + y * luma.stride;
    for (let x = 0; x < layout.width; x += stepX) {
      sum += codeAt(frame, row + x * bytes);
      count++;
    }
  }
  return sum / count;
}
