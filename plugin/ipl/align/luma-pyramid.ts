/** Luma made ever smaller. */
import type { ReducedLuma } from '../kernels/reduced-luma';

export type Level = Pick<ReducedLuma, 'width' | 'height' | 'luma' | 'valid'>;

/** @returns fine to coarse, each half as large as the one before, until its longer side has `coarsest` pixels at most */
export function lumaPyramid(finest: Level, coarsest: number): Level[] {
  let last = finest;
  const levels = [last];
  while (Math.max(last.width, last.height) > coarsest) levels.push((last = halved(last)));
  return levels;
}

function halved(level: Level): Level {
  const [width, height] = [level.width >> 1, level.height >> 1];
  const [luma, valid] = [new Float32Array(width * height), new Uint8Array(width * height)];
  for (let y = 0; y < height; y += 1) {
    for (let x = 0, to = y * width; x < width; x += 1, to += 1) {
      const a = 2 * y * level.width + 2 * x;
      const c = a + level.width;
      luma[to] = (level.luma[a] + level.luma[a + 1] + level.luma[c] + level.luma[c + 1]) / 4;
      valid[to] = level.valid[a] + level.valid[a + 1] + level.valid[c] + level.valid[c + 1] >= 3 ? 1 : 0;
    }
  }
  return { width, height, luma, valid };
}
