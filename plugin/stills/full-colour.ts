/**
 * From red, green and blue to what is fused, luma and colour differences of every pixel (JPEG's: ITU-T T.871, BT.601 at full range), and
 * back. Back is the way of the reference: what the fusion changed of it is added to its own codes. So what was not changed is what it
 * was, to the code, also of a picture of 16 bits, and rounding does not add up.
 */
import { planeLayout, type PlaneLayout } from '../core/frames/video-layout';
import type { Area } from './crop';

/** Digits after the point of factors; sums stay within 32 bits. */
const BITS = 16;
const ONE = 1 << BITS;
const HALF = ONE / 2;
const fixed = (value: number): number => Math.round(value * ONE);

const [Y_RED, Y_BLUE] = [fixed(0.299), fixed(0.114)];
const Y_GREEN = ONE - Y_RED - Y_BLUE;
const [CB_RED, CR_BLUE] = [fixed(0.299 / 1.772), fixed(0.114 / 1.402)];
const CB_GREEN = HALF - CB_RED;
const CR_GREEN = HALF - CR_BLUE;
const [RED_CR, BLUE_CB] = [fixed(1.402), fixed(1.772)];
const [GREEN_CB, GREEN_CR] = [fixed(0.114 * 1.772 / 0.587), fixed(0.299 * 1.402 / 0.587)];
/** Grey, and half a code, less what would make 256 of a pure red or blue. */
const GREY = 128 * ONE + HALF - 1;

/** @param layout of Y444 @returns a payload of that layout */
export function toFullColour(rgb: Uint8Array, { width, height, size, planes }: PlaneLayout): Uint8Array {
  const out = new Uint8Array(size);
  const [luma, blue, red] = planes;
  if (!luma || !blue || !red) throw new RangeError('Full colour has three planes.');
  const toBlue = blue.offset - luma.offset;
  const toRed = red.offset - luma.offset;
  for (let y = 0, from = 0; y < height; y += 1) {
    let at = luma.offset + y * luma.stride;
    for (const end = at + width; at < end; at += 1, from += 3) {
      const r = rgb[from];
      const g = rgb[from + 1];
      const b = rgb[from + 2];
      out[at] = (Y_RED * r + Y_GREEN * g + Y_BLUE * b + HALF) >> BITS;
      out[at + toBlue] = (HALF * b - CB_RED * r - CB_GREEN * g + GREY) >> BITS;
      out[at + toRed] = (HALF * r - CR_GREEN * g - CR_BLUE * b + GREY) >> BITS;
    }
  }
  return out;
}

/**
 * Changes the reference's pixels, in place, by what the fusion changed.
 * @param pixels 8 bits a sample, or 16, whose upper half was fused
 * @param layout of the pixels
 * @param area of them that was fused, if not all
 */
export function takeChanges(pixels: Uint8Array | Uint16Array, fused: Uint8Array, { width, height }: PlaneLayout, area: Area = { left: 0, top: 0, width, height }): void {
  const [luma, blue, red] = planeLayout('Y444', area.width, area.height).planes;
  if (!luma || !blue || !red) throw new RangeError('Full colour has three planes.');
  const toBlue = blue.offset - luma.offset;
  const toRed = red.offset - luma.offset;
  const deep = pixels instanceof Uint16Array;
  const shift = deep ? 8 : 0;
  const [step, most] = deep ? [257, 65_535] : [1, 255];
  const clamp = (value: number): number => (value < 0 ? 0 : value > most ? most : value);
  for (let y = 0; y < area.height; y += 1) {
    let at = luma.offset + y * luma.stride;
    let to = 3 * ((area.top + y) * width + area.left);
    for (const end = at + area.width; at < end; at += 1, to += 3) {
      const r = pixels[to] >> shift;
      const g = pixels[to + 1] >> shift;
      const b = pixels[to + 2] >> shift;
      const dY = fused[at] - ((Y_RED * r + Y_GREEN * g + Y_BLUE * b + HALF) >> BITS);
      const dB = fused[at + toBlue] - ((HALF * b - CB_RED * r - CB_GREEN * g + GREY) >> BITS);
      const dR = fused[at + toRed] - ((HALF * r - CR_GREEN * g - CR_BLUE * b + GREY) >> BITS);
      if (dY === 0 && dB === 0 && dR === 0) continue;
      pixels[to] = clamp(pixels[to] + step * (dY + ((RED_CR * dR + HALF) >> BITS)));
      pixels[to + 1] = clamp(pixels[to + 1] + step * (dY - ((GREEN_CB * dB + GREEN_CR * dR + HALF) >> BITS)));
      pixels[to + 2] = clamp(pixels[to + 2] + step * (dY + ((BLUE_CB * dB + HALF) >> BITS)));
    }
  }
}
