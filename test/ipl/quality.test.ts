/** The shipped network on brackets of moving scenes that it was not trained on (models/train/export/quality_scenes.py). */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import test from 'ava';
import { planeLayout } from '../../plugin/core/frames/video-layout';
import { FusionEngine } from '../../plugin/ipl/engine/fusion-engine';
import { FusionKernels } from '../../plugin/ipl/kernels';
import { findPatches } from '../../plugin/ipl/engine/mend';
import { NATURAL } from '../../plugin/ipl/engine/look';
import { DEFAULT_MODEL, loadModel } from '../../plugin/ipl/network/model';
import { blockSize } from '../../plugin/ipl/network/slice-plan';
import { DETAIL_FIGURES, lostDetail, type Detail } from '../support/lost-detail';
import { psnr } from './pictures';

interface Figures extends Detail {
  /** Of luma against the truth, dB. */
  readonly psnr: number;
}

interface Bracket {
  readonly exposures: number;
  readonly reference: number;
  readonly middle: Figures;
  readonly mertens: Figures;
  readonly network: Figures;
}

const golden = path.join(__dirname, '..', 'golden');
const { width, height, brackets } = JSON.parse(readFileSync(path.join(golden, 'quality.json'), 'utf8')) as {
  width: number;
  height: number;
  brackets: Bracket[];
};

/** dB, and hundredths of what was lost or shown, that 8-bit rounding on the way may change; less than any change that a person would call one. */
const PARITY = { psnr: 0.1, detail: 1.5 } as const;

/** dB that mending may cost a bracket: what is put in somebody's place is even, and the ground is not. */
const MOST_LOST = -0.5;

/** dB by which held-out moving scenes must be better than OpenCV's Mertens, on average. */
const LEAD = 3;

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

test('moving scenes are fused as well as in training, and bring back what it brings back', async (t) => {
  const layout = planeLayout('I420', width, height);
  const rows = Array.from({ length: height }, (_, row) => row);
  const stored = gunzipSync(readFileSync(path.join(golden, 'quality.bin.gz')));
  const model = await loadModel(DEFAULT_MODEL);
  let at = 0;
  const take = (bytes: number): Uint8Array => Uint8Array.from(stored.subarray(at, (at += bytes)));
  let same = 0;
  const gains: number[] = [];
  for (const [index, { exposures, reference, network }] of brackets.entries()) {
    const payloads = Array.from({ length: exposures }, () => take(layout.size));
    const truth = take(layout.size);
    const clean = Array.from({ length: exposures }, () => take(width * height));
    // What stands in one exposure only is taken out of it here, and was not in training: that changes what it is about, for the better on the whole.
    const mended = findPatches({ payloads, layout, range: 'full', reference }, blockSize(width, height)).some((patch) => patch !== undefined);
    const engine = new FusionEngine(model, await FusionKernels.load(), { sliceBands: 2 });
    // PyTorch's figures are the network's alone.
    await engine.fuse({ payloads, layout, range: 'full', reference, look: { ...NATURAL, denoise: 0 } });
    const fused = payloads[reference] ?? new Uint8Array();
    const figure = psnr(fused, truth, layout, rows);
    t.log(`bracket ${index}${mended ? ", mended" : ""}: ${figure.toFixed(2)} dB, ${network.psnr} in PyTorch`);
    if (mended) {
      gains.push(figure - network.psnr);
      continue;
    }
    same += 1;
    t.true(Math.abs(figure - network.psnr) <= PARITY.psnr, `bracket ${index}: ${figure.toFixed(2)} dB here, ${network.psnr} dB in PyTorch`);
    const detail = lostDetail(clean, reference, { width, height })(fused.subarray(0, width * height));
    for (const name of DETAIL_FIGURES) {
      const [here, there] = [detail[name], network[name]];
      t.is(here === undefined, there === undefined, `bracket ${index}, ${name}`);
      t.true(Math.abs((here ?? 0) - (there ?? 0)) <= PARITY.detail, `bracket ${index}, ${name}: ${here} % here, ${there} % in PyTorch`);
    }
  }
  t.is(at, stored.length);
  t.true(same >= 1, `${same} brackets have nothing to mend`);
  t.true(mean(gains) >= 0 && Math.min(...gains) >= MOST_LOST, `mended: ${gains.map((gain) => gain.toFixed(2)).join(', ')} dB`);
});

test('moving scenes are nearer to their truth than by OpenCV', (t) => {
  const lead = mean(brackets.map(({ network, mertens }) => network.psnr - mertens.psnr));
  t.true(lead >= LEAD, `${lead.toFixed(2)} dB better than OpenCV's Mertens`);
});

test('among the brackets are some that lost lights, and some that lost shadows', (t) => {
  for (const name of ['highlights', 'shadows'] as const) t.true(brackets.filter(({ network }) => network[name] !== undefined).length >= 2, name);
});

test('what the reference shows is kept better than by OpenCV', (t) => {
  const kept = (of: 'mertens' | 'network'): number => mean(brackets.map((bracket) => bracket[of].kept ?? NaN));
  t.true(kept('network') > kept('mertens'), `${kept('network').toFixed(1)} %, OpenCV's Mertens ${kept('mertens').toFixed(1)} %`);
});
