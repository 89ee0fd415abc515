/** Whatever exposures and motions come: the picture is the same in any slices, and whether exposures are moved in memory or read where they lie. */
import test from 'ava';
import { planeLayout, type PixelFormat } from '../../../plugin/core/frames/video-layout';
import { FusionEngine } from '../../../plugin/ipl/engine/fusion-engine';
import type { FusionTask } from '../../../plugin/ipl/engine/fusion-task';
import { NATURAL } from '../../../plugin/ipl/engine/look';
import { FusionKernels, type Motion } from '../../../plugin/ipl/kernels';
import { DEFAULT_MODEL, loadModel } from '../../../plugin/ipl/network/model';
import { random } from '../kernels/cases';
import { turned } from '../kernels/warp/motions';
import { paint } from '../pictures';

const CASES = 10;
const FORMATS: readonly PixelFormat[] = ['I420', 'NV12', 'I420_10LE', 'P010_10LE'];

/** Of any size, with two to five exposures, each of them anywhere: a little off, turned by ten degrees, out of the picture. */
function taskOf(seed: number): FusionTask {
  const next = random(seed);
  const pick = (from: number, to: number): number => Math.floor(from + next() * (to - from + 1));
  const layout = planeLayout(FORMATS[seed % 4], pick(1, 150), pick(1, 120));
  const { width, height } = layout;
  const exposures = pick(2, 5);
  const reference = pick(0, exposures - 1);
  const motions = Array.from({ length: exposures }, (_, exposure): Motion | undefined => {
    if (exposure === reference || next() < 0.2) return undefined;
    const reach = [2, 20, 200][pick(0, 2)];
    const whole = next() < 0.3;
    const [x, y] = [(next() - 0.5) * reach, (next() - 0.5) * reach];
    return { homography: whole ? turned(width, height, 0, 1, 2 * Math.round(x), 2 * Math.round(y)) : turned(width, height, (next() - 0.5) * 20, 0.95 + next() * 0.1, x, y) };
  });
  const payloads = motions.map((_, exposure) => {
    const payload = paint(layout, 4 ** (exposure - reference), 0);
    for (let at = 0; layout.format.endsWith('LE') && at < payload.length; at += 2) {
      const ten = 64 + (payload[at] << 1);
      [payload[at], payload[at + 1]] = layout.format === 'P010_10LE' ? [(ten << 6) & 255, ten >> 2] : [ten & 255, ten >> 8];
    }
    return payload;
  });
  return { payloads, layout, range: 'limited', reference, motions, quick: seed % 3 > 0, look: NATURAL };
}

test('random sets: slices and what is read elsewhere give the same picture', async (t) => {
  const [model, kernels, others] = [await loadModel(DEFAULT_MODEL), await FusionKernels.load(), await FusionKernels.load()];
  const [one, another] = [new FusionEngine(model, kernels, { sliceBands: 100 }), new FusionEngine(model, others, { sliceBands: 1, whole: false })];
  for (let seed = 0; seed < CASES; seed += 1) {
    const [task, again] = [taskOf(seed), taskOf(seed)];
    const { width, height, format } = task.layout;
    const told = `seed ${seed}: ${task.payloads.length} exposures of ${width}x${height}, ${format}`;
    one.reset();
    another.reset();
    await one.fuse(task);
    // Moved in memory first, where the other reads it elsewhere.
    await another.fuse(await another.lineUp(again));
    const [a, b] = [samplesOf(task), samplesOf(again)];
    // The network sums in another order.
    const most = a.reduce((worst, code, at) => Math.max(worst, Math.abs(code - b[at])), 0);
    t.true(most <= 1, `${told}: ${most} codes apart`);
  }
});

/** Of the fused picture, in codes of 8 bits. */
function samplesOf({ payloads, reference, layout: { format, size } }: FusionTask): Float64Array {
  const payload = payloads[reference];
  if (!format.endsWith('LE')) return Float64Array.from(payload);
  const step = format === 'P010_10LE' ? 256 : 4;
  return Float64Array.from({ length: size / 2 }, (_, at) => (payload[2 * at] | (payload[2 * at + 1] << 8)) / step);
}
