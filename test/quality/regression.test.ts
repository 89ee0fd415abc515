/**
 * The product's picture quality does not fall: scenes of the UHD benchmark, shrunk (bench/quality/small.py), moving and held
 * still, fused by the engine and compared with their truth.
 *
 * After a deliberate change of the network, record its figures anew, look at the difference, and commit it:
 *     GST_IPL_RECORD=1 npx ava test/quality/regression.test.ts && git diff test/golden/quality-figures.json
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import test from 'ava';
import { planeLayout } from '../../plugin/core/frames/video-layout';
import { FusionEngine } from '../../plugin/ipl/engine/fusion-engine';
import { FusionKernels } from '../../plugin/ipl/kernels';
import { DEFAULT_MODEL, loadModel } from '../../plugin/ipl/network/model';
import { psnr } from '../ipl/pictures';

/** dB that the mean of a group may fall by. */
const LOSS = 0.3;

const golden = path.join(__dirname, '..', 'golden');
const FIGURES = path.join(golden, 'quality-figures.json');
const GROUPS = ['moving', 'still'] as const;
type Group = (typeof GROUPS)[number];

interface Scene {
  readonly moving: { readonly mertens: number };
  readonly still: { readonly mertens: number };
}

const { width, height, scenes } = JSON.parse(readFileSync(path.join(golden, 'quality-small.json'), 'utf8')) as {
  width: number;
  height: number;
  scenes: Scene[];
};

test('moving and still scenes are fused as well as when their figures were recorded', async (t) => {
  const figures = await measure();
  if (process.env.GST_IPL_RECORD === '1') {
    writeFileSync(FIGURES, `${JSON.stringify(figures, null, 2)}\n`);
    t.log('Recorded.', figures);
  }
  const recorded = JSON.parse(readFileSync(FIGURES, 'utf8')) as Record<Group, number>;
  for (const group of GROUPS) {
    const change = figures[group] - recorded[group];
    t.true(change >= -LOSS, `${group} scenes: ${figures[group]} dB, ${recorded[group]} dB were recorded`);
    if (change > LOSS) t.log(`${group} scenes are ${change.toFixed(2)} dB better than recorded: record them anew.`);
  }
  const mertens = scenes.reduce((sum, scene) => sum + scene.moving.mertens, 0) / scenes.length;
  t.true(figures.moving > mertens, `moving scenes: ${figures.moving} dB, OpenCV's Mertens ${mertens.toFixed(2)} dB`);
});

/** Mean luma PSNR of each group, dB. */
async function measure(): Promise<Record<Group, number>> {
  const layout = planeLayout('I420', width, height);
  const rows = Array.from({ length: height }, (_, row) => row);
  const stored = gunzipSync(readFileSync(path.join(golden, 'quality-small.bin.gz')));
  const model = await loadModel(DEFAULT_MODEL);
  const sums: Record<Group, number> = { moving: 0, still: 0 };
  for (const index of scenes.keys()) {
    const picture = (number: number): Uint8Array => {
      const at = (index * 6 + number) * layout.size;
      return Uint8Array.from(stored.subarray(at, at + layout.size));
    };
    for (const [number, group] of GROUPS.entries()) {
      const middle = picture(4);
      const payloads = [picture(2 * number), middle, picture(2 * number + 1)];
      const engine = new FusionEngine(model, await FusionKernels.load(), { sliceBands: 4 });
      await engine.fuse({ payloads, layout, range: 'full', reference: 1 });
      sums[group] += psnr(middle, picture(5), layout, rows);
    }
  }
  const mean = (sum: number): number => Number((sum / scenes.length).toFixed(2));
  return { moving: mean(sums.moving), still: mean(sums.still) };
}
