/** How bright a picture is, in a few numbers that tell exposures apart and that a moving thing hardly changes. */
import type { Frame } from '../core/frames/frame';

/** Mean and quartiles of the luma codes, 0 to 255. The quartiles still differ where the mean's highlights are clipped. */
export type Brightness = readonly [mean: number, dark: number, median: number, bright: number];

/** Samples in each direction: 4096 are plenty for a mean, and take 20 microseconds. */
const SAMPLES = 64;

export function brightnessOf({ payload, caps }: Frame): Brightness {
  const [luma] = caps.layout.planes;
  const counts = new Uint32Array(256);
  if (!luma) return [0, 0, 0, 0];
  const stepX = Math.max(1, Math.floor(luma.width / SAMPLES));
  const stepY = Math.max(1, Math.floor(luma.height / SAMPLES));
  let sum = 0;
  let count = 0;
  for (let y = 0; y < luma.height; y += stepY) {
    for (let x = 0; x < luma.width; x += stepX) {
      const code = payload[luma.offset + y * luma.stride + x] ?? 0;
      counts[code] = (counts[code] ?? 0) + 1;
      sum += code;
      count += 1;
    }
  }
  return [sum / count, quantile(counts, count / 4), quantile(counts, count / 2), quantile(counts, (count * 3) / 4)];
}

/** The code below which so many samples lie. */
function quantile(counts: Uint32Array, samples: number): number {
  let below = 0;
  for (const [code, count] of counts.entries()) {
    below += count;
    if (below > samples) return code;
  }
  return 255;
}

/** Mean difference, in codes. */
export function difference(a: Brightness, b: Brightness): number {
  return a.reduce((sum, value, index) => sum + Math.abs(value - (b[index] ?? 0)), 0) / a.length;
}

/** A brightness between two: `part` of the way from `a` to `b`. */
export function between(a: Brightness, b: Brightness, part: number): Brightness {
  const mix = (index: 0 | 1 | 2 | 3): number => a[index] + part * (b[index] - a[index]);
  return [mix(0), mix(1), mix(2), mix(3)];
}
