/** Parts of pictures of red, green and blue. */

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Area extends Size {
  readonly left: number;
  readonly top: number;
}

/** Of a picture, a part of this size. */
export function middleOf(from: Size, { width, height }: Size): Area {
  return { left: Math.floor((from.width - width) / 2), top: Math.floor((from.height - height) / 2), width, height };
}

/** The middle of a picture. */
export function cropMiddle<T extends Uint8Array | Uint16Array>(pixels: T, from: Size, size: Size): T {
  return cropTo(pixels, from, middleOf(from, size));
}

/** @returns the picture itself where the area is all of it */
export function cropTo<T extends Uint8Array | Uint16Array | Float32Array>(pixels: T, from: Size, { left, top, width, height }: Area): T {
  if (from.width === width && from.height === height) return pixels;
  const out = new (pixels.constructor as new (length: number) => T)(3 * width * height);
  for (let row = 0; row < height; row += 1) {
    const start = 3 * ((top + row) * from.width + left);
    out.set(pixels.subarray(start, start + 3 * width), 3 * row * width);
  }
  return out;
}
