/** Where a picture shows most: the places at which people see whether edges meet. */
import type { Grey } from './grey';

export interface CornerOfPlace {
  readonly left: number;
  readonly top: number;
}

/** @returns in each of `count` columns of the picture the window with the most edges */
export function richest(grey: Grey, count: number, width: number, height: number): CornerOfPlace[] {
  const [wide, high] = [Math.min(width, grey.width), Math.min(height, grey.height)];
  return Array.from({ length: count }, (_, column) => {
    const from = Math.floor((column * (grey.width - wide)) / count);
    const to = Math.max(from + 1, Math.floor(((column + 1) * (grey.width - wide)) / count));
    let best = { left: from, top: 0, edges: -1 };
    for (let top = 0; top <= grey.height - high; top += Math.max(1, high >> 2)) {
      for (let left = from; left < to; left += Math.max(1, wide >> 2)) {
        const edges = edgesOf(grey, left, top, wide, high);
        if (edges > best.edges) best = { left, top, edges };
      }
    }
    return { left: best.left, top: best.top };
  });
}

/** Differences of neighbours, on every fourth pixel; those of noise are left out. */
function edgesOf({ codes, width }: Grey, left: number, top: number, wide: number, high: number): number {
  let sum = 0;
  for (let y = top; y < top + high - 1; y += 4) {
    for (let x = left; x < left + wide - 1; x += 4) {
      const at = y * width + x;
      const own = codes[at] ?? 0;
      sum += Math.max(0, Math.abs((codes[at + 1] ?? 0) - own) - 6) + Math.max(0, Math.abs((codes[at + width] ?? 0) - own) - 6);
    }
  }
  return sum;
}
