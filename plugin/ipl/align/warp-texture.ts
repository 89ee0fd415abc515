/** A texture seen through a homography: what an exposure shows at the reference's pixels. */
import type { Homography } from '../kernels/homography';
import type { Texture } from './normalise';

/** Bilinear; a pixel is known where all four that it is made from are. */
export function warpTexture(from: Texture, map: Homography, into: Texture): void {
  const { width, height, value, valid } = into;
  const [m0, m1, m2, m3, m4, m5, m6, m7, m8] = map as [number, number, number, number, number, number, number, number, number];
  const source = from.value;
  const known = from.valid;
  const stride = from.width;
  const [lastX, lastY] = [from.width - 1, from.height - 1];
  for (let y = 0; y < height; y += 1) {
    const [nx, ny, nz] = [m1 * y + m2, m4 * y + m5, m7 * y + m8];
    for (let x = 0, to = y * width; x < width; x += 1, to += 1) {
      const depth = 1 / (m6 * x + nz);
      const sx = (m0 * x + nx) * depth;
      const sy = (m3 * x + ny) * depth;
      value[to] = 0;
      valid[to] = 0;
      if (!(sx >= 0 && sy >= 0 && sx < lastX && sy < lastY)) continue;
      const left = sx | 0;
      const top = sy | 0;
      const a = top * stride + left;
      const c = a + stride;
      if ((known[a] & known[a + 1] & known[c] & known[c + 1]) === 0) continue;
      const fx = sx - left;
      const upper = source[a] + fx * (source[a + 1] - source[a]);
      const lower = source[c] + fx * (source[c + 1] - source[c]);
      value[to] = upper + (sy - top) * (lower - upper);
      valid[to] = 1;
    }
  }
}

export function emptyTexture(width: number, height: number): Texture {
  return { width, height, value: new Float32Array(width * height), valid: new Uint8Array(width * height), inner: new Uint8Array(0) };
}
