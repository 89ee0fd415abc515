/** Pictures of known motion: a real bracket, and what a camera that was moved would have seen of it. */
import path from 'node:path';
import { apply, invert, type Homography } from '../../../plugin/ipl/kernels/homography';
import type { LumaPlane } from '../../../plugin/ipl/kernels';
import { random } from '../kernels/cases';
import { record } from '../../support/media';

const STILL = path.join(__dirname, '..', '..', '..', 'examples', 'media', 'still');

export const EXPOSURES = ['under', 'mid', 'over'] as const;
export type Exposure = (typeof EXPOSURES)[number];

/** Luma of the real bracket on a tripod, full range, dark to bright. */
export async function bracket(width: number, height: number): Promise<Record<Exposure, LumaPlane>> {
  const planes = EXPOSURES.map(async (name) => {
    const caps = `video/x-raw,format=I420,width=${width},height=${height},colorimetry=1:4:0:0`;
    const { frames } = await record(`filesrc location=${path.join(STILL, `${name}.jpg`)} ! jpegdec ! videoconvert ! videoscale ! ${caps}`);
    const stride = Math.ceil(width / 4) * 4;
    return [name, { data: new Uint8Array((frames[0] as { payload: Buffer }).payload.subarray(0, stride * height)), width, height, stride, range: 'full' }] as const;
  });
  return Object.fromEntries(await Promise.all(planes)) as Record<Exposure, LumaPlane>;
}

/** What `plane` shows after its camera was moved so that the reference's pixel p is seen at map(p). By Catmull and Rom's cubic. */
export function seenThrough(plane: LumaPlane, map: Homography): LumaPlane {
  const { data, width, height, stride } = plane;
  const out = new Uint8Array(stride * height);
  const back = invert(map);
  const cubic = (t: number): number[] => [-0.5 * t ** 3 + t * t - 0.5 * t, 1.5 * t ** 3 - 2.5 * t * t + 1, -1.5 * t ** 3 + 2 * t * t + 0.5 * t, 0.5 * t ** 3 - 0.5 * t * t];
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const [sx, sy] = apply(back, x, y);
      const [left, top] = [Math.floor(sx), Math.floor(sy)];
      const [across, down] = [cubic(sx - left), cubic(sy - top)];
      let sum = 0;
      for (let v = 0; v < 4; v += 1) {
        const row = Math.min(height - 1, Math.max(0, top - 1 + v)) * stride;
        for (let u = 0; u < 4; u += 1) sum += across[u] * down[v] * data[row + Math.min(width - 1, Math.max(0, left - 1 + u))];
      }
      out[y * stride + x] = Math.min(255, Math.max(0, Math.round(sum)));
    }
  }
  return { ...plane, data: out };
}

/** Another exposure of the same, by so many stops, through a curve of 1/2.2, with noise of a deviation in codes. */
export function exposed(plane: LumaPlane, stops: number, noise: number, seed: number): LumaPlane {
  const next = random(seed);
  const table = Array.from({ length: 256 }, (_, code) => 255 * Math.min(1, (code / 255) ** 2.2 * 2 ** stops) ** (1 / 2.2));
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  const shot = (code: number): number => Math.round((table[code]) + (noise > 0 && (table[code]) < 255 ? noise * normal() : 0));
  return { ...plane, data: plane.data.map((code) => Math.min(255, Math.max(0, shot(code)))) };
}

/** A picture from a rule, without padding. */
export function drawn(width: number, height: number, code: (x: number, y: number) => number): LumaPlane {
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) data[y * width + x] = Math.min(255, Math.max(0, Math.round(code(x, y))));
  return { data, width, height, stride: width, range: 'full' };
}
