/**
 * What the reuse of slices saves and costs: a surveillance-like sequence (fixed cameras, noisy sensors, one small thing that
 * moves) and the shipped video, fused with it and without. Runs in a process of its own (child.ts).
 */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { planeLayout, type PlaneLayout } from '../../plugin/core/frames/video-layout';
import { FusionEngine } from '../../plugin/ipl/engine/fusion-engine';
import { FusionKernels } from '../../plugin/ipl/kernels';
import { DEFAULT_MODEL, loadModel } from '../../plugin/ipl/network/model';
import { REUSE, type ReuseSettings } from '../../plugin/ipl/engine/reuse';
import { fillPicture, gaussian } from './pictures';
import { makeRow, median, type Row } from './rows';

export interface ReuseCase {
  readonly sequence: 'surveillance' | 'static' | 'video';
  readonly frames: number;
  /** Standard deviation of the sensors' noise, in codes. */
  readonly noise: number;
  readonly sliceBands: number;
  /** To try others than the product's. */
  readonly settings?: Partial<ReuseSettings>;
}

const EXPOSURES = 3;
const LAYOUT = planeLayout('I420', 1280, 720);

export async function measure(given: ReuseCase): Promise<Row[]> {
  const { frames, noise, sliceBands, sequence } = given;
  const model = await loadModel(DEFAULT_MODEL);
  const make = async (reuse: ReuseSettings | false): Promise<FusionEngine> => new FusionEngine(model, await FusionKernels.load(), { sliceBands, reuse });
  const [plain, saving] = [await make(false), await make({ ...REUSE, ...given.settings })];
  const pictures = sequence === 'video' ? videoPictures(frames) : cameraPictures(noise, sequence === 'surveillance');
  const times: [number[], number[]] = [[], []];
  const differences: number[] = [];
  let reused = 0;
  let slices = 0;
  for (let time = 0; time < frames; time += 1) {
    const payloads = pictures(time);
    const common = { layout: LAYOUT, range: 'limited' as const, reference: 1 };
    const copies = payloads.map((payload) => Uint8Array.from(payload));
    times[0].push((await plain.fuse({ ...common, payloads: copies })).networkMs);
    const report = await saving.fuse({ ...common, payloads });
    times[1].push(report.networkMs);
    reused += report.reused;
    slices += report.slices;
    differences.push(meanSquare(copies[1] ?? new Uint8Array(), payloads[1] ?? new Uint8Array()));
  }
  const psnr = (square: number): string => (square === 0 ? 'equal' : `${(10 * Math.log10(255 ** 2 / square)).toFixed(1)} dB`);
  const mean = differences.reduce((sum, value) => sum + value, 0) / frames;
  const worst = Math.max(...differences);
  const note =
    `${((100 * reused) / slices).toFixed(0)} % of the slices reused; network ${median(times[1]).toFixed(1)} instead of ` +
    `${median(times[0]).toFixed(1)} ms; against no reuse ${psnr(mean)}, worst frame ${psnr(worst)}`;
  const scene = sequence === 'video' ? 'the shipped video' : `${sequence}, noise of ${noise} codes`;
  const name = `network and reuse, ${scene}, slices of ${sliceBands}`;
  const { width, height } = LAYOUT;
  return [makeRow({ case: name, width, height, exposures: EXPOSURES, threads: 1, provider: 'cpu', ms: average(times[1]), note })];
}

const average = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function meanSquare(a: Uint8Array, b: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at += 1) sum += ((a[at] ?? 0) - (b[at] ?? 0)) ** 2;
  return sum / a.length;
}

/** A fixed scene, with fresh noise in every picture, and a dark square of 5 % of the height that crosses it. */
function cameraPictures(noise: number, moving: boolean): (time: number) => Uint8Array[] {
  const scenes = Array.from({ length: EXPOSURES }, (_, exposure) => {
    const payload = new Uint8Array(LAYOUT.size);
    fillPicture(payload, LAYOUT, exposure, EXPOSURES, 0);
    return payload;
  });
  const next = gaussian(noise);
  return (time) =>
    scenes.map((scene, exposure) => {
      const payload = Uint8ClampedArray.from(scene);
      if (moving) drawSquare(payload, LAYOUT, 6 * time + 2 * exposure, 20 + 15 * exposure);
      for (let at = 0; at < payload.length; at += 1) payload[at] = (payload[at] ?? 0) + next();
      return new Uint8Array(payload.buffer);
    });
}

function drawSquare(payload: Uint8ClampedArray, { planes: [luma], height }: PlaneLayout, x: number, code: number): void {
  const side = Math.round(height / 20);
  const top = Math.round(height * 0.55);
  if (!luma) return;
  const left = x % (luma.width - side);
  for (let row = top; row < top + side; row += 1) payload.fill(code, row * luma.stride + left, row * luma.stride + left + side);
}

function videoPictures(frames: number): (time: number) => Uint8Array[] {
  const folder = path.join(__dirname, '..', '..', 'examples', 'media', 'video');
  const videos = ['under', 'mid', 'over'].map((name) => {
    const launch = `filesrc location=${path.join(folder, `${name}.mp4`)} ! decodebin ! videoconvert ! video/x-raw,format=I420 ! fdsink fd=1`;
    return execFileSync('gst-launch-1.0', ['-q', ...launch.split(' ')], { maxBuffer: 2 ** 28 });
  });
  const count = Math.min(frames, Math.floor((videos[0]?.length ?? 0) / LAYOUT.size));
  return (time) => videos.map((video) => Uint8Array.from(video.subarray((time % count) * LAYOUT.size, ((time % count) + 1) * LAYOUT.size)));
}
