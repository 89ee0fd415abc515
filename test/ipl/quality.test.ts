/** The shipped network on brackets of moving scenes that it was not trained on (models/train/export/quality_scenes.py). */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import test from 'ava';
import { planeLayout } from '../../plugin/core/frames/video-layout';
import { FusionEngine } from '../../plugin/ipl/engine/fusion-engine';
import { FusionKernels } from '../../plugin/ipl/kernels';
import { NATURAL } from '../../plugin/ipl/engine/look';
import { DEFAULT_MODEL, loadModel } from '../../plugin/ipl/network/model';
import { psnr } from './pictures';

interface Bracket {
  readonly exposures: number;
  readonly reference: number;
  /** Luma PSNR against the truth, dB. */
  readonly middle: number;
  readonly mertens: number;
  readonly network: number;
}

const golden = path.join(__dirname, '..', 'golden');
const { width, height, brackets } = JSON.parse(readFileSync(path.join(golden, 'quality.json'), 'utf8')) as {
  width: number;
  height: number;
  brackets: Bracket[];
};

/** dB that may be lost by 8-bit rounding on the way; less than any change that a person would call one. */
const PARITY = 0.1;

/** dB by which held-out moving scenes must be better than OpenCV's Mertens, on average. */
const LEAD = 3;

test('moving scenes are fused as well as in training, and better than by OpenCV', async (t) => {
  const layout = planeLayout('I420', width, height);
  const rows = Array.from({ length: height }, (_, row) => row);
  const pictures = gunzipSync(readFileSync(path.join(golden, 'quality.bin.gz')));
  const model = await loadModel(DEFAULT_MODEL);
  let at = 0;
  const take = (): Uint8Array => Uint8Array.from(pictures.subarray(at, (at += layout.size)));
  const leads: number[] = [];
  for (const [index, { exposures, reference, mertens, network }] of brackets.entries()) {
    const payloads = Array.from({ length: exposures }, take);
    const truth = take();
    const engine = new FusionEngine(model, await FusionKernels.load(), { sliceBands: 2 });
    // PyTorch's figures are the network's alone.
    await engine.fuse({ payloads, layout, range: 'full', reference, look: { ...NATURAL, denoise: 0 } });
    const figure = psnr(payloads[reference] ?? new Uint8Array(), truth, layout, rows);
    t.true(Math.abs(figure - network) <= PARITY, `bracket ${index}: ${figure.toFixed(2)} dB here, ${network} dB in PyTorch`);
    leads.push(figure - mertens);
  }
  t.is(at, pictures.length);
  const lead = leads.reduce((sum, value) => sum + value, 0) / leads.length;
  t.true(lead >= LEAD, `${lead.toFixed(2)} dB better than OpenCV's Mertens`);
});
