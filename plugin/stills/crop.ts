/** Parts of pictures of red, green and blue. */

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The middle of a picture. */
export function cropMiddle<T extends Uint8Array | Uint16Array>(pixels: T, from: Size, to: Size): T {
  if (from.width === to.width && from.height === to.height) return pixels;
  const [left, top] = [Math.floor((from.width - to.width) / 2), Math.floor((from.height - to.height) / 2)];
  const out = new (pixels.constructor as new (length: number) => T)(3 * to.width * to.height);
  for (let row = 0; row < to.height; row += 1) {
    const start = 3 * ((top + row) * from.width + left);
    out.set(pixels.subarray(start, start + 3 * to.width), 3 * row * to.width);
  }
  return out;
}
