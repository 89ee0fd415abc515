/** What an exposure does not cover it gives nothing to. */
import test from 'ava';
import { buildKernels } from '../../../../plugin/ipl/kernels/build';
import { ALL } from '../../../../plugin/ipl/kernels';
import { formats, frame, kernelsFor, makeCase, random, type Case, type Random } from '../cases';
import { referenceBlend } from '../reference';

test.before(async () => {
  await buildKernels();
});

/** Runs of all kinds: whole rows, none, and parts. */
function someCover(width: number, height: number, next: Random): Int32Array {
  return Int32Array.from({ length: 2 * height }).map((_, at, all) => {
    if (at % 2 === 1) return all[at - 1] + Math.floor(next() * (width + 1 - all[at - 1]));
    return next() < 0.5 ? 0 : Math.floor(next() * width);
  });
}

function covered(input: Case, seed: number): Case {
  const { layout, frames, reference } = input;
  const next = random(seed + 77);
  return { ...input, covers: frames.map((_, k) => (k === reference || (frames.length > 2 && k === 0) ? undefined : someCover(layout.width, layout.height, next))) };
}

test('the blend agrees with the plain implementation where exposures cover parts', async (t) => {
  let seed = 0;
  for (const format of formats) {
    for (const [width, height] of [[63, 37], [128, 96], [17, 8], [3, 2], [2, 2], [1, 1]] as const) {
      for (const exposures of [2, 3, 5]) {
        const input = covered(makeCase({ format, width, height, exposures, block: exposures === 5 ? 8 : 16, range: exposures === 2 ? 'full' : 'limited' }, seed), seed);
        const background = frame(input.layout, random(seed + 1000), 'noise', 1);
        const expected = referenceBlend(input, background);
        const actual = background.slice();
        (await kernelsFor(input)).blend(input.frames, input.coefficients, 0, input.mapHeight, 0, height, actual, 1, ALL, input.covers);
        const worst = expected.reduce((most, code, at) => Math.max(most, Math.abs(code - actual[at])), 0);
        t.true(worst <= 2, `${format} ${width}x${height}, ${exposures} exposures: ${worst}`);
        seed += 1;
      }
    }
  }
});

test('what an exposure does not cover may be anything, and slices give what the whole picture gives', async (t) => {
  for (const format of formats) {
    const input = covered(makeCase({ format, width: 77, height: 70, block: 16, amplitude: 6 }, 5), 5);
    const { frames, coefficients, mapHeight, layout, covers = [] } = input;
    const kernels = await kernelsFor(input);
    const out = new Uint8Array(layout.size);
    kernels.blend(frames, coefficients, 0, mapHeight, 0, layout.height, out, 1, ALL, covers);
    const luma = layout.planes[0];
    const others = frames.map((exposure, k) => {
      const copy = exposure.slice();
      const cover = covers[k];
      for (let y = 0; cover && y < layout.height; y += 1) {
        for (let x = 0; x < layout.width; x += 1) if (x < cover[2 * y] || x >= cover[2 * y + 1]) copy[luma.offset + y * luma.stride + x] ^= 255;
      }
      return copy;
    });
    const sliced = new Uint8Array(layout.size);
    for (let y0 = 0; y0 < layout.height; y0 += 14) kernels.blend(others, coefficients, 0, mapHeight, y0, Math.min(y0 + 14, layout.height), sliced, 1, ALL, covers);
    t.deepEqual(sliced, out);
    // And without covers it would not have been the same.
    kernels.blend(others, coefficients, 0, mapHeight, 0, layout.height, sliced);
    t.notDeepEqual(sliced, out);
  }
});

test('a cover that is too short is refused', async (t) => {
  const input = makeCase({ width: 32, height: 32 }, 10);
  const kernels = await kernelsFor(input);
  t.throws(() => kernels.blend(input.frames, input.coefficients, 0, 2, 0, 32, input.frames[0], 1, ALL, [new Int32Array(63)]), { message: /A cover has 63/ });
});
