import test from 'ava';
import { planeLayout } from '../../../plugin/core/frames/video-layout';
import { FusionEngine } from '../../../plugin/ipl/engine/fusion-engine';
import type { FusionReport, FusionTask } from '../../../plugin/ipl/engine/fusion-task';
import { ALL, FusionKernels } from '../../../plugin/ipl/kernels';
import { applyLook, NATURAL, sharesOf, type Look } from '../../../plugin/ipl/engine/look';
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

test('looks change the constants of the others, and what is done to the colours of light and of dark blocks', (t) => {
  /** Two blocks, a black and a white one, and a row of padding. */
  const changed = (look: Partial<Look>): number[][] => {
    const values = new Float32Array(3 * 6 * 3).fill(1);
    applyLook({ values, exposures: 3, per: 6, reference: 1 }, Float32Array.of(0, 1), { ...NATURAL, ...look });
    return Array.from({ length: 18 }, (_, plane) => [...values.subarray(3 * plane, 3 * plane + 3)]);
  };
  const same = [1, 1, 1];
  const planes = (at: Readonly<Record<number, number[]>>): number[][] => Array.from({ length: 18 }, (_, plane) => at[plane] ?? same);
  t.deepEqual(changed({}), planes({}));
  // One EV less of the darker, one more of the brighter.
  t.deepEqual(changed({ bias: 1 }), planes({ 0: [0, 0, 0], 12: [2, 2, 2] }));
  const coloured = (dark: number, light: number): Record<number, number[]> => Object.fromEntries([9, 10, 11].map((plane) => [plane, [dark, light, 1]]));
  t.deepEqual(changed({ highlights: 0.25 }), planes(coloured(1, 0.25)));
  t.deepEqual(changed({ shadows: 0, strength: 0.5 }), planes(coloured(0, 0.5)));
});

test('strength, highlights and shadows are shares of either side', (t) => {
  t.deepEqual(sharesOf(NATURAL), { darker: 1, brighter: 1 });
  t.deepEqual(sharesOf({ ...NATURAL, strength: 0.5, highlights: 0.5, shadows: 1 }), { darker: 0.25, brighter: 0.5 });
});

test('without highlights and shadows the picture is the reference, colours included', async (t) => {
  const reference = paint(LAYOUT, GAINS[1], 0);
  const { fused } = await fuseWith({ highlights: 0, shadows: 0 });
  t.deepEqual(luma(fused), luma(reference));
  t.deepEqual(chroma(fused), chroma(reference));
});

test('without highlights nothing is darker than in the reference, without shadows nothing brighter; between the picture moves evenly', async (t) => {
  const reference = luma(paint(LAYOUT, GAINS[1], 0));
  for (const [name, other] of [['highlights', 'shadows'], ['shadows', 'highlights']] as const) {
    const pictures: Uint8Array[] = [];
    for (const value of [0, 0.25, 0.5, 0.75, 1]) pictures.push(luma((await fuseWith({ [name]: value })).fused));
    const [none, , half, , all] = pictures;
    const beyond = none?.reduce((most, code, at) => Math.max(most, (name === 'highlights' ? -1 : 1) * (code - (reference[at] ?? 0))), 0) ?? 255;
    // Rounding of 16-bit fixed point.
    t.true(beyond <= 1, `${name} 0: ${beyond} codes`);
    const steps = pictures.slice(1).map((picture, at) => picture.reduce((sum, code, index) => sum + Math.abs(code - (pictures[at]?.[index] ?? 0)), 0));
    const whole = steps.reduce((sum, step) => sum + step, 0);
    t.true(whole > 0.5 * reference.length, `${name} do something: ${whole / reference.length} codes`);
    for (const step of steps) t.true(step > 0.2 * whole && step < 0.3 * whole, `${name}: ${steps.map((each) => (each / whole).toFixed(2)).join(' ')}`);
    // Every pixel goes one way, and the least step of a slider is seen nowhere as a jump.
    t.true(half?.every((code, at) => code >= Math.min(none?.[at] ?? 0, all?.[at] ?? 0) - 1 && code <= Math.max(none?.[at] ?? 0, all?.[at] ?? 0) + 1));
    const next = luma((await fuseWith({ [name]: 0.51 })).fused);
    t.true(half?.every((code, at) => Math.abs(code - (next[at] ?? 0)) <= 3));
    t.log(`${name} alone changes ${(whole / reference.length).toFixed(1)} codes, ${other} stay`);
  }
});

test('the weight map shows what is left out: of all exposures of a side, whether one or two', async (t) => {
  const engine = new FusionEngine(await model, await FusionKernels.load(), { sliceBands: 4 });
  const weightsOf = async (look: Partial<Look>): Promise<number[]> => {
    const payloads = [0.25, 0.5, 1, 4].map((gain) => paint(LAYOUT, gain, 0));
    const { weights } = await engine.fuse({ payloads, layout: LAYOUT, range: 'limited', reference: 2, look: { ...NATURAL, denoise: 0, ...look }, weights: true });
    const cells = (weights?.values.length ?? 0) / 4;
    return [0, 1, 2, 3].map((exposure) => mean(weights?.values.subarray(exposure * cells, (exposure + 1) * cells) ?? new Uint8Array()));
  };
  const [natural, half, none] = [await weightsOf({}), await weightsOf({ highlights: 0.5 }), await weightsOf({ highlights: 0 })];
  for (const darker of [0, 1]) {
    t.true(Math.abs((half[darker] ?? 0) - (natural[darker] ?? 0) / 2) < 0.6, `${half[darker]} of ${natural[darker]}`);
    t.is(none[darker], 0);
  }
  t.is(half[3], natural[3]);
  t.true((none[2] ?? 0) > (half[2] ?? 0) && (half[2] ?? 0) > (natural[2] ?? 0));
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
  const common = { means, coefficients, per: 6, coefficientRows: 1, rows: 1, columns: 1, reference: 1, shares: ALL };
  t.deepEqual([...weightMap(common)], [1.2, 1, 2].map((weight) => Math.round((255 * weight) / 4.2)));
  // The reference has what the others leave.
  const shares = { darker: 0.5, brighter: 0.25 };
  t.deepEqual([...weightMap({ ...common, shares })], [0.6, 3.1, 0.5].map((weight) => Math.round((255 * weight) / 4.2)));
});
