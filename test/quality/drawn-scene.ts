/**
 * Drawn scenes, for what of a fused picture can be told in a sentence. Full range, gamma 2.2; radiance is 1 where the middle exposure clips.
 */
import { planeLayout } from '../../plugin/core/frames/video-layout';
import { FusionEngine } from '../../plugin/ipl/engine/fusion-engine';
import { FusionKernels } from '../../plugin/ipl/kernels';
import { DEFAULT_MODEL, loadModel } from '../../plugin/ipl/network/model';

export const WIDTH = 960;
export const HEIGHT = 540;
const LAYOUT = planeLayout('I420', WIDTH, HEIGHT);

export type Radiance = (x: number, y: number) => number;

/** One exposure of a grey scene. `gains` of blue and red tint it. */
export function shoot(radiance: Radiance, ev: number, gains = [1, 1]): Uint8Array {
  const payload = new Uint8Array(LAYOUT.size).fill(128);
  const [luma, ...chroma] = LAYOUT.planes;
  for (let y = 0; y < HEIGHT; y += 1) {
    for (let x = 0; x < WIDTH; x += 1) {
      payload[y * (luma?.stride ?? 0) + x] = Math.round(255 * Math.min(1, radiance(x, y) * 2 ** ev) ** (1 / 2.2));
    }
  }
  for (const [number, { offset, stride, width, height }] of chroma.entries()) {
    const code = 128 + Math.round(20 * ((gains[number] ?? 1) - 1));
    for (let row = 0; row < height; row += 1) payload.fill(code, offset + row * stride, offset + row * stride + width);
  }
  return payload;
}

/** Fused by the network that ships, the second exposure as the reference: I420. */
export async function fused(payloads: readonly Uint8Array[]): Promise<Uint8Array> {
  const engine = new FusionEngine(await loadModel(DEFAULT_MODEL), await FusionKernels.load(), { sliceBands: 4 });
  const copies = payloads.map((payload) => payload.slice());
  await engine.fuse({ payloads: copies, layout: LAYOUT, range: 'full', reference: 1 });
  return copies[1] ?? new Uint8Array();
}

/** The same picture's luma. */
export const fusedLuma = async (payloads: readonly Uint8Array[]): Promise<Uint8Array> => (await fused(payloads)).subarray(0, WIDTH * HEIGHT);

/** Codes at the places that `where` takes, of every third pixel. */
export function codesWhere(luma: Uint8Array, where: (x: number, y: number) => boolean): number[] {
  const found: number[] = [];
  for (let y = 20; y < HEIGHT - 20; y += 3) {
    for (let x = 20; x < WIDTH - 20; x += 3) if (where(x, y)) found.push(luma[y * WIDTH + x] ?? 0);
  }
  return found;
}

export const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
