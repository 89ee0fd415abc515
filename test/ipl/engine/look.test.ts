import test from 'ava';
import { planeLayout } from '../../../plugin/core/frames/video-layout';
import { FusionEngine } from '../../../plugin/ipl/engine/fusion-engine';
import type { FusionReport, FusionTask } from '../../../plugin/ipl/engine/fusion-task';
import { FusionKernels } from '../../../plugin/ipl/kernels';
import { applyLook, NATURAL, type Look } from '../../../plugin/ipl/engine/look';
import { DEFAULT_MODEL, loadModel } from '../../../plugin/ipl/network/model';
import { weightMap } from '../../../plugin/ipl/engine/weight-map';
import { GAINS, paint } from '../pictures';

const LAYOUT = planeLayout('I420', 320, 180);
const model = loadModel(DEFAULT_MODEL);

/** Without noise reduction, which would take the painted texture for noise. */
async function fuseWith(look: Partial<Look>, weights = false): Promise<{ fused: Uint8Array; task: FusionTask; report: FusionReport }> {
  const engine = new FusionEngine(await model, await FusionKernels.load(), { sliceBands: 4 });
  const payloads = GAINS.map((gain) => paint(LAYOUT, gain, 0));
  const task: FusionTask = { payloads, layout: LAYOUT, range: 'limited', reference: 1, look: { ...NATURAL, denoise: 0, ...look }, weights };
  const report = await engine.fuse(task);
  return { fused: payloads[1] ?? new Uint8Array(), task, report };
}

const mean = (values: Uint8Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const luma = (payload: Uint8Array): Uint8Array => payload.subarray(0, LAYOUT.planes[1]?.offset);
const chroma = (payload: Uint8Array): Uint8Array => payload.subarray(LAYOUT.planes[1]?.offset);

test('strength 0 is the reference itself, and less strength is nearer to it', async (t) => {
  const reference = paint(LAYOUT, GAINS[1], 0);
  const distance = async (strength: number): Promise<number> => {
    const { fused } = await fuseWith({ strength });
    return luma(fused).reduce((sum, code, at) => sum + Math.abs(code - (reference[at] ?? 0)), 0);
  };
  const distances = [await distance(0), await distance(0.1), await distance(0.5), await distance(1)];
  t.is(distances[0], 0);
  t.deepEqual([...distances].sort((a, b) => a - b), distances);
  t.true((distances[1] ?? 0) > 0 && (distances[1] ?? 0) < (distances[3] ?? 0) / 2);
});

test('bias prefers brighter or darker exposures', async (t) => {
  const brightness = async (bias: number): Promise<number> => mean(luma((await fuseWith({ bias })).fused));
  const [darker, natural, brighter] = [await brightness(-2), await brightness(0), await brightness(2)];
  t.true(darker < natural - 2 && natural + 2 < brighter, `${darker} ${natural} ${brighter}`);
});

test('looks change the constants of the others and fade the tone curve of the reference', (t) => {
  const coefficients = new Float32Array(3 * 6).fill(1);
  applyLook(coefficients, 3, 6, 1, { ...NATURAL, strength: 0.5, bias: 1 });
  // Half as much of both others; one EV less of the darker, one more of the brighter.
  t.deepEqual([...coefficients], [-1, 1, 1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 1, 1, 1, 1, 1, 1]);
  applyLook(coefficients, 3, 6, 1, { ...NATURAL, strength: 0, bias: 1 });
  t.deepEqual([...coefficients], [-60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -60, 0, 0, 0, 0, 0]);
});

test('saturation leaves grey and luma alone, and stops at the ends of the range', async (t) => {
  const [natural, grey] = [(await fuseWith({})).fused, (await fuseWith({ saturation: 0 })).fused];
  t.deepEqual(luma(grey), luma(natural));
  t.true(chroma(grey).every((code) => code === 128));
  const strong = chroma((await fuseWith({ saturation: 2 })).fused);
  const expected = chroma(natural).map((code) => Math.max(0, Math.min(255, 2 * code - 128)));
  // The mix is rounded once, behind the gain.
  t.true(strong.every((code, at) => Math.abs(code - (expected[at] ?? 0)) <= 1));
});

test('the weight map says what the blend does', async (t) => {
  t.is((await fuseWith({})).report.weights, undefined);
  const { weights } = (await fuseWith({}, true)).report;
  if (!weights) return t.fail();
  const cells = weights.columns * weights.rows;
  t.is(weights.values.length, 3 * cells);
  const plane = (values: Uint8Array, exposure: number): Uint8Array => values.subarray(exposure * cells, (exposure + 1) * cells);
  for (let cell = 0; cell < cells; cell += 1) {
    const sum = [0, 1, 2].reduce((total, exposure) => total + (plane(weights.values, exposure)[cell] ?? 0), 0);
    t.true(Math.abs(sum - 255) <= 2);
  }
  const reference = (await fuseWith({ strength: 0 }, true)).report.weights;
  t.true(plane(reference?.values ?? new Uint8Array(), 1).every((value) => value === 255));
  const brighter = (await fuseWith({ bias: 2 }, true)).report.weights;
  t.true(mean(plane(brighter?.values ?? new Uint8Array(), 2)) > mean(plane(weights.values, 2)));
});

test('the weight map follows the rule at each mean luma', (t) => {
  const means = [Float32Array.of(0.1), Float32Array.of(0.5), Float32Array.of(0.9)];
  const coefficients = new Float32Array(18);
  coefficients[1] = 2; // 2 Yk for the darkest: 0.2, against 0 of the reference
  coefficients[12] = 1; // twice the weight for the brightest
  const common = { means, coefficients, per: 6, coefficientRows: 1, rows: 1, columns: 1, reference: 1 };
  t.deepEqual([...weightMap(common)], [1.2, 1, 2].map((weight) => Math.round((255 * weight) / 4.2)));
});
