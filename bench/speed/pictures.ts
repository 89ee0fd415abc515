/** Pictures to measure with: texture as a lens draws it, with noise or without, every frame another one, made in no time at any size. */
import type { PlaneLayout } from '../../plugin/core/frames/video-layout';

/** Rows of one brightness each; a picture goes through them from top to bottom. */
const TABLES = 16;

/** Pixels over which the finest texture is blurred: sharper would be taken for noise. */
const BLUR = 32;

/**
 * @param payload is filled
 * @param noise standard deviation, in codes
 */
export function fillPicture(payload: Uint8Array, layout: PlaneLayout, exposure: number, exposures: number, time: number, noise = 0): void {
  const tables = makeTables(layout.width * 2, exposure - (exposures - 1) / 2);
  for (const [number, plane] of layout.planes.entries()) {
    for (let row = 0; row < plane.height; row += 1) {
      const table = tables[Math.floor((row * TABLES) / plane.height)] ?? new Uint8Array();
      const shift = (row + time * 61) % layout.width;
      const target = payload.subarray(plane.offset + row * plane.stride, plane.offset + row * plane.stride + plane.width);
      if (number === 0) target.set(table.subarray(shift, shift + plane.width));
      else target.fill(128 + ((row >> 5) % 40) - 20);
    }
  }
  if (noise > 0) addNoise(payload, noise, 1 + exposure + exposures * time);
}

function addNoise(payload: Uint8Array, deviation: number, seed: number): void {
  const next = gaussian(deviation, seed);
  for (let at = 0; at < payload.length; at += 1) payload[at] = Math.min(255, Math.max(0, Math.round((payload[at] ?? 0) + next())));
}

/** Normal deviates from a table: fast, and the same at every run. */
export function gaussian(deviation: number, seed = 1): () => number {
  const next = random(seed);
  const table = Float32Array.from({ length: 65_536 }, () => deviation * Math.sqrt(-2 * Math.log(next() + 1e-9)) * Math.cos(2 * Math.PI * next()));
  return () => table[Math.floor(next() * table.length)] ?? 0;
}

function makeTables(length: number, stops: number): Uint8Array[] {
  const next = random(1);
  const rough = Float32Array.from({ length: length + BLUR }, next);
  const texture = Float32Array.from({ length }, (_, x) => rough.subarray(x, x + BLUR).reduce((sum, value) => sum + value / BLUR, 0));
  return Array.from({ length: TABLES }, (_, table) => {
    const radiance = 0.02 * 1.5 ** (table / 2) * 2 ** (2 * stops);
    return Uint8Array.from(texture, (value, x) => {
      const light = radiance * (1 + 0.5 * Math.sin(x / 9) + 0.4 * Math.sin(x / 113) + value);
      return 16 + 219 * Math.min(1, light) ** (1 / 2.2);
    });
  });
}

/** Uniform in 0..1; the same numbers for the same seed. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
