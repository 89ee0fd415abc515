/**
 * A gain map (ISO 21496-1; Android's Ultra HDR 1.1): for each pixel and colour, how many stops of light a screen that can is to add to the
 * ordinary picture. At full resolution, as what the fusion gives each exposure changes at edges, and of each colour, as the fusion's colours are not
 * the light's.
 */

export interface GainMap {
  /** R, G, B of all pixels: from `least` to `most`, evenly. */
  readonly pixels: Uint8Array;
  /** Stops, of each colour. */
  readonly least: readonly number[];
  readonly most: readonly number[];
  /** Stops above white of the brightest light: a screen with less shows less. */
  readonly headroom: number;
}

/** Is added to light before it is compared, so that black has a gain, too. */
export const OFFSET = 1 / 64;

/** Stops: so far apart are the ends of a map at least. */
const LEAST_RANGE = 1 / 64;

/**
 * @param light of the merge: 1 is white
 * @param base the ordinary picture, of the same primaries
 * @param toLight of its codes, 0 to 1
 */
export function gainMapOf(light: Float32Array, base: Uint8Array, toLight: (code: number) => number): GainMap {
  const sdr = Float64Array.from({ length: 256 }, (_, code) => toLight(code / 255) + OFFSET);
  const gains = new Float32Array(light.length);
  const [least, most] = [[Infinity, Infinity, Infinity], [-Infinity, -Infinity, -Infinity]];
  let brightest = 1;
  for (let at = 0; at < light.length; at += 1) {
    const channel = at % 3;
    const gain = Math.log2((light[at] + OFFSET) / sdr[base[at]]);
    gains[at] = gain;
    if (gain < least[channel]) least[channel] = gain;
    if (gain > most[channel]) most[channel] = gain;
    if (light[at] > brightest) brightest = light[at];
  }
  const ends = most.map((end, channel) => Math.max(end, least[channel] + LEAST_RANGE));
  const factors = ends.map((end, channel) => 255 / (end - least[channel]));
  const pixels = new Uint8Array(light.length);
  for (let at = 0; at < light.length; at += 1) pixels[at] = Math.round((gains[at] - least[at % 3]) * factors[at % 3]);
  return { pixels, least, most: ends, headroom: Math.max(LEAST_RANGE, Math.log2(brightest)) };
}
