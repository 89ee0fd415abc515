/** Pictures for the tests of stills: two halves, each of one colour, so that colour and direction can be told. */
import sharp, { type Sharp } from 'sharp';

export const [WIDTH, HEIGHT] = [48, 32];

export type Colour = readonly [number, number, number];

/** Left, right; in each the upper half is darker by half. */
export const COLOURS: readonly Colour[] = [[200, 40, 60], [60, 120, 220]];

/** Red, green, blue of all pixels, of which each corner has another colour. */
export function corners(depth: 8 | 16 = 8): Uint8Array | Uint16Array {
  const out = depth === 8 ? new Uint8Array(3 * WIDTH * HEIGHT) : new Uint16Array(3 * WIDTH * HEIGHT);
  for (let y = 0; y < HEIGHT; y += 1) for (let x = 0; x < WIDTH; x += 1) out.set(cornerAt(x, y).map((code) => (depth === 8 ? code : code * 257)), 3 * (y * WIDTH + x));
  return out;
}

export const cornerAt = (x: number, y: number): Colour => {
  const colour = COLOURS[x < WIDTH / 2 ? 0 : 1];
  return (y < HEIGHT / 2 ? colour.map((code) => Math.round(code / 2)) : colour) as unknown as Colour;
};

export const raw = (pixels: Uint8Array | Uint16Array, width: number, height: number, channels: 1 | 3 | 4 = 3): Sharp => sharp(pixels, { raw: { width, height, channels } });

/** The colours in the middles of the four quarters: upper left, upper right, lower left, lower right. */
export function quarters(pixels: ArrayLike<number>, width: number, height: number): number[][] {
  return [[1, 1], [3, 1], [1, 3], [3, 3]].map(([x, y]) => {
    const at = 3 * (Math.floor((y * height) / 4) * width + Math.floor((x * width) / 4));
    return [0, 1, 2].map((channel) => pixels[at + channel]);
  });
}

/** Largest difference of two lists of colours. */
export const apart = (a: readonly (readonly number[])[], b: readonly (readonly number[])[]): number =>
  Math.max(...a.flatMap((colour, index) => colour.map((code, channel) => Math.abs(code - b[index][channel]))));

export const UPRIGHT: readonly Colour[] = [[WIDTH / 4, 1], [WIDTH - 1, 1], [1, HEIGHT - 1], [WIDTH - 1, HEIGHT - 1]].map(([x, y]) => cornerAt(x, y));
