/**
 * Hot pixels: where a sensor's cell leaks, a long exposure has a dot that was never there. It is as large as a camera's demosaicing
 * makes of one cell, 3x3 pixels at most, in one colour or in all, and darker exposures do not show it, which a lamp or a star would be in.
 */

/** Codes by which a dot stands out from the ring of pixels around it: above noise, and what it takes to be seen. */
const STANDS_OUT = 32;

/** Codes by which the darker exposure shows something there, too. */
const SHOWS = 2;

/** Of how far the dot stands out: what of its neighbours does as much belongs to it. */
const BELONGS = 1 / 8;

/** The 16 pixels two away: [right, down]. */
const RING: readonly (readonly [number, number])[] = [-2, -1, 0, 1, 2].flatMap((x) => [-2, -1, 0, 1, 2].map((y) => [x, y] as const))
  .filter(([x, y]) => Math.max(Math.abs(x), Math.abs(y)) === 2);
const NEAR: readonly (readonly [number, number])[] = [-1, 0, 1].flatMap((x) => [-1, 0, 1].map((y) => [x, y] as const));

/**
 * Fills them from around, in place.
 * @param pixels red, green, blue of a picture
 * @param darker the same of a darker exposure; taken as it lies, so it is for brackets from a tripod, as long exposures are
 * @returns how many dots there were, in all colours
 */
export function fillHotPixels(pixels: Uint8Array, darker: Uint8Array, width: number, height: number): number {
  const offsets = (places: typeof RING): number[] => places.map(([x, y]) => 3 * (x + y * width));
  const [ring, near] = [offsets(RING), offsets(NEAR)];
  const row = 3 * width;
  let dots = 0;
  for (let y = 2; y < height - 2; y += 1) {
    for (let at = y * row + 6, end = (y + 1) * row - 6; at < end; at += 1) {
      const below = pixels[at] - STANDS_OUT;
      // Nearly all are left here.
      if (below <= pixels[at - 6] || below <= pixels[at + 6] || below <= pixels[at - 2 * row] || below <= pixels[at + 2 * row]) continue;
      if (!isHot(pixels, darker, at, ring, near)) continue;
      fill(pixels, at, ring, near);
      dots += 1;
    }
  }
  return dots;
}

function isHot(pixels: Uint8Array, darker: Uint8Array, at: number, ring: readonly number[], near: readonly number[]): boolean {
  const code = pixels[at];
  for (const offset of ring) if (code - STANDS_OUT <= pixels[at + offset]) return false;
  for (const offset of near) if (code < pixels[at + offset]) return false;
  const greatest = (offsets: readonly number[]): number => offsets.reduce((most, offset) => Math.max(most, darker[at + offset]), 0);
  return greatest(near) - SHOWS < greatest(ring);
}

function fill(pixels: Uint8Array, at: number, ring: readonly number[], near: readonly number[]): void {
  const around = median(pixels, at, ring);
  const least = around + BELONGS * (pixels[at] - around);
  for (const offset of near) if (pixels[at + offset] > least) pixels[at + offset] = around;
}

function median(pixels: Uint8Array, at: number, ring: readonly number[]): number {
  const codes = ring.map((offset) => pixels[at + offset]).sort((a, b) => a - b);
  return codes[codes.length >> 1] ?? 0;
}
