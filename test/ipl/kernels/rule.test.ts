/** models/train/network/rule.py and rule.json define the pixel rule and its numbers: what else has it is held to them here. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { FusionKernels, type Shares } from '../../../plugin/ipl/kernels';
import { buildKernels } from '../../../plugin/ipl/kernels/build';
import { applyLook, NATURAL } from '../../../plugin/ipl/engine/look';
import { weightMap } from '../../../plugin/ipl/engine/weight-map';
import { generated } from '../../../scripts/generate-rule';
import { kernelsFor, type Case } from './cases';
import { goldenCase, pixelsOf, type GoldenPicture } from './golden';
import { referenceBlend } from './reference';

interface RuleCase extends GoldenPicture {
  readonly shares: Shares;
  /** [K, 6, h, w] */
  readonly coefficients: number[];
  /** Base64 of the fused planes. */
  readonly fused: string;
  /** [K, h, w] */
  readonly means: number[];
  /** Base64 of [K, h, w]. */
  readonly weights: string;
}

const cases = JSON.parse(readFileSync(path.join(__dirname, 'rule.json'), 'utf8')) as RuleCase[];
/** The picture, with the look applied to the coefficients. */
function inputOf(each: RuleCase): Case {
  const { exposures, reference, shares, means } = each;
  const values = Float32Array.from(each.coefficients);
  const cells = means.length / exposures;
  const look = { ...NATURAL, highlights: shares.darker, shadows: shares.brighter };
  applyLook({ values, exposures, per: 6, reference }, Float32Array.from(means.slice(reference * cells, (reference + 1) * cells)), look);
  return goldenCase(each, values);
}

const inBothRanges = (t: { true(value: boolean): void }): void => {
  for (const range of ['limited', 'full'] as const) t.true(cases.some((each) => each.range === range));
};

/** How many bytes differ by 0, 1, ... */
function differences(actual: readonly number[], expected: Uint8Array): number[] {
  const counts: number[] = [0, 0];
  for (const [i, code] of expected.entries()) {
    const difference = Math.abs(code - actual[i]);
    counts[difference] = (counts[difference] ?? 0) + 1;
  }
  return counts;
}

test('what TypeScript and AssemblyScript read of rule.json is up to date: `node scripts/generate-rule.js`', (t) => {
  for (const [file, text] of Object.entries(generated())) {
    t.is(readFileSync(path.join(__dirname, '..', '..', '..', file), 'utf8'), text, file);
  }
});

test('the plain implementation is the rule', (t) => {
  inBothRanges(t);
  for (const each of cases) {
    const input = inputOf(each);
    const fused = pixelsOf(input.layout, referenceBlend(input, new Uint8Array(input.layout.size), 1, each.shares));
    const counts = differences(fused, Buffer.from(each.fused, 'base64'));
    // Float64 here, float32 there: a value between two codes may be rounded either way.
    t.true(counts.length <= 2 && counts[1] < 0.002 * fused.length, `${each.width}x${each.height} ${each.range}: ${counts.join()}`);
  }
});

test('the kernels are the rule, to a code', async (t) => {
  await buildKernels();
  for (const each of cases) {
    const input = inputOf(each);
    const out = new Uint8Array(input.layout.size);
    const kernels: FusionKernels = await kernelsFor(input);
    kernels.blend(input.frames, input.coefficients, 0, input.mapHeight, 0, input.layout.height, out, 1, each.shares);
    const counts = differences(pixelsOf(input.layout, out), Buffer.from(each.fused, 'base64'));
    const beyond = counts.slice(2).reduce((sum, count) => sum + (count ?? 0), 0);
    // 16-bit fixed point; coefficients this random are as hard as they come (blend.test.ts).
    t.true(beyond < 0.002 * out.length, `${each.width}x${each.height} ${each.range}: ${counts.join()}`);
  }
});

test('the weight map is the rule at the mean lumas of the blocks', (t) => {
  for (const { width, height, exposures, reference, block, range, shares, means, coefficients, weights } of cases) {
    const [columns, rows] = [Math.ceil(width / block), Math.ceil(height / block)];
    const cells = rows * columns;
    const lumas = Array.from({ length: exposures }, (_, k) => Float32Array.from(means.slice(k * cells, (k + 1) * cells)));
    const map = weightMap({ means: lumas, coefficients: Float32Array.from(coefficients), per: 6, coefficientRows: rows, rows, columns, reference, shares });
    const counts = differences([...map], Buffer.from(weights, 'base64'));
    t.true(counts.length <= 2 && counts[1] <= 1, `${width}x${height} ${range}: ${counts.join()}`);
  }
});
