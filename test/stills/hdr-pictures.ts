/** Brackets of a scene whose light is known, for the tests of HDR stills. */
import { raw } from './pictures';

export const [HDR_WIDTH, HDR_HEIGHT] = [160, 96];

/** Light of the scene, 1 being white of the reference: grey to the left, coloured to the right, a lamp, from shadows to 12 times white. */
export function lightAt(x: number, y: number): readonly [number, number, number] {
  const light = 0.01 * 2 ** ((x / HDR_WIDTH) * 8.5 + 1.5 * Math.sin(y / 15));
  return y < HDR_HEIGHT / 2 ? [light, light, light] : [light, 0.7 * light, 0.45 * light];
}

const codeOf = (light: number): number => {
  const inside = Math.min(1, Math.max(0, light));
  return inside <= 0.0031308 ? 12.92 * inside : 1.055 * inside ** (1 / 2.4) - 0.055;
};

/** A camera that bends lights over, to hold four times white: Reinhard's curve (2002), and a gamma. */
export const bentCode = (light: number): number => Math.min(1, ((light * (1 + light / 16)) / (1 + light)) ** (1 / 2.2));

/** As a camera of sRGB sees it, or one of another curve. @param ev against the reference */
export function shot(ev: number, depth: 8 | 16 = 8, code = codeOf): Uint8Array | Uint16Array {
  const most = depth === 8 ? 255 : 65_535;
  const out = depth === 8 ? new Uint8Array(3 * HDR_WIDTH * HDR_HEIGHT) : new Uint16Array(3 * HDR_WIDTH * HDR_HEIGHT);
  for (let y = 0; y < HDR_HEIGHT; y += 1) for (let x = 0; x < HDR_WIDTH; x += 1) out.set(lightAt(x, y).map((light) => Math.round(most * code(light * 2 ** ev))), 3 * (y * HDR_WIDTH + x));
  return out;
}

/** @param time as Exif has it; undefined for none */
export async function saveShot(file: string, ev: number, time: string | undefined, depth: 8 | 16 = 8, code = codeOf): Promise<void> {
  const pixels = shot(ev, depth, code);
  const image = raw(pixels, HDR_WIDTH, HDR_HEIGHT);
  if (depth === 16) image.toColourspace('rgb16');
  if (time !== undefined) image.withExif({ IFD0: { Make: 'Maker', Copyright: 'Somebody' }, IFD2: { ExposureTime: time, FNumber: '8/1', ISOSpeedRatings: '200' } });
  await image.png({ compressionLevel: 1 }).toFile(file);
}
