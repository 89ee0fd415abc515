/** Pictures to measure with: texture at all scales, every frame another one, made in no time at any size. */
import type { PlaneLayout } from '../../plugin/core/video-layout';

/** Rows of one brightness each; a picture goes through them from top to bottom. */
const TABLES = 16;

/** @param payload is filled */
export function fillPicture(payload: Uint8Array, layout: PlaneLayout, exposure: number, exposures: number, time: number): void {
  const tables = makeTables(layout.width * 2, exposure - (exposures - 1) / 2);
  for (const [number, plane] of layout.planes.entries()) {
    for (let row = 0; row < plane.height; row += 1) {
      const table = tables[Math.floor((row * TABLES) / plane.height)] ?? new Uint8Array();
      const shift = (row * 7 + time * 61) % layout.width;
      const target = payload.subarray(plane.offset + row * plane.stride, plane.offset + row * plane.stride + plane.width);
      if (number === 0) target.set(table.subarray(shift, shift + plane.width));
      else target.fill(128 + ((row >> 5) % 40) - 20);
    }
  }
}

function makeTables(length: number, stops: number): Uint8Array[] {
  let state = 1;
  const noise = Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  });
  return Array.from({ length: TABLES }, (_, table) => {
    const radiance = 0.02 * 1.5 ** (table / 2) * 2 ** (2 * stops);
    return Uint8Array.from(noise, (value, x) => {
      const light = radiance * (1 + 0.5 * Math.sin(x / 9) + 0.4 * Math.sin(x / 113) + 0.3 * value);
      return 16 + 219 * Math.min(1, light) ** (1 / 2.2);
    });
  });
}
