import test from 'ava';
import { createHash } from 'node:crypto';
import { ALL, FusionKernels, type Shares } from '../../../plugin/ipl/kernels';
import { buildKernels } from '../../../plugin/ipl/kernels/build';
import { comparable, formats, frame, fullPictures, kernelsFor, makeCase, pictures, random, type Case, type Picture } from './cases';
import { referenceBlend } from './reference';

test.before(async () => {
  await buildKernels();
});

const blendAll = (kernels: FusionKernels, { frames, coefficients, mapHeight, layout }: Case, out: Uint8Array): Uint8Array => {
  kernels.blend(frames, coefficients, 0, mapHeight, 0, layout.height, out);
  return out;
};

/** How many codes differ by 0, 1, 2, ... from the plain implementation. */
async function differences(picture: Picture, seed: number, gain = 1, shares = ALL): Promise<number[]> {
  const input = makeCase(picture, seed);
  const { frames, coefficients, mapHeight, layout } = input;
  const background = frame(layout, random(seed + 1000), 'noise', 1);
  const expected = referenceBlend(input, background, gain, shares);
  const actual = background.slice();
  (await kernelsFor(input)).blend(frames, coefficients, 0, mapHeight, 0, layout.height, actual, gain, shares);
  const counts = [0, 0, 0];
  expected.forEach((code, i) => {
    const difference = Math.abs(code - actual[i]);
    counts[difference] = (counts[difference] ?? 0) + 1;
  });
  return counts;
}

// Random codes with exposures up to 255 apart, which shows errors of the weights best.
for (const [name, cases] of [
  ['the coefficients of a trained network', comparable(pictures)],
  ['chroma for every pixel', comparable(fullPictures)],
  ['coefficients near the bound of the network', comparable(pictures.filter((_, i) => i % 4 === 0)).map((p) => ({ ...p, amplitude: 12 }))],
] as const) {
  test(`the blend agrees with the plain implementation, with ${name}`, async (t) => {
    const total = [0, 0, 0];
    for (const [seed, picture] of cases.entries()) {
      const counts = await differences(picture, seed);
      t.true(counts.length <= 3, `${JSON.stringify(picture)}: ${counts.join(' ')}`);
      counts.forEach((count, i) => { total[i] += count; });
    }
    t.log(`codes that differ by 0, 1, 2: ${total.join(' ')}`);
    t.true(total[2] <= 0.001 * (total[0] + total[1] + total[2]), total.join(' '));
  });
}

/** Shares that differ on both sides, and their ends. */
const SHARES: readonly Shares[] = [{ darker: 0.5, brighter: 0.5 }, { darker: 0.25, brighter: 0.8 }, { darker: 0, brighter: 1 }, { darker: 1, brighter: 0 }];

for (const shares of SHARES) {
  test(`with shares of ${shares.darker} and ${shares.brighter} the blend agrees with the plain implementation`, async (t) => {
    const total = [0, 0, 0];
    // Every number of exposures, and references at either end and between.
    for (const [seed, picture] of pictures.filter(({ width, height }, i) => i % 5 === 0 && width * height < 20_000).entries()) {
      const { exposures = 3 } = picture;
      const counts = await differences({ ...picture, reference: seed % exposures, tone: 0.3 }, seed, 1, shares);
      t.true(counts.length <= 3, `${JSON.stringify(picture)}: ${counts.join(' ')}`);
      counts.forEach((count, i) => { total[i] += count; });
    }
    t.true(total[2] <= 0.001 * (total[0] + total[1] + total[2]), total.join(' '));
  });
}

// Recorded before there were shares, and once more when what exposures are apart came to bound what coefficients add.
test('with all of both sides, pictures are what they were before there were shares, to the code', async (t) => {
  const hash = createHash('sha256');
  for (const [seed, picture] of pictures.filter((_, i) => i % 5 === 0).entries()) {
    const input = makeCase({ ...picture, tone: 0.3 }, seed);
    hash.update(blendAll(await kernelsFor(input), input, new Uint8Array(input.layout.size)));
  }
  t.is(hash.digest('hex'), '57a536175116a8684921a8824716c93969bd3389dc9d1b84ddd9ca6e4702811a');
});

test('the picture goes evenly from the reference to what the network says, however sure that is, without a jump at either end', async (t) => {
  const input = makeCase({ width: 64, height: 32, range: 'full', exposures: 3, kind: 'smooth', tone: 0 }, 3);
  const { frames, layout } = input;
  // The darker exposure has a weight of all but 2^-40, which half of it as an addend of the logits would not change.
  const coefficients = new Float32Array(input.coefficients.length);
  const plane = coefficients.length / 18;
  coefficients.fill(40, 0, plane).fill(-60, 12 * plane, 13 * plane);
  const kernels = await kernelsFor(input);
  const size = layout.planes[0].stride * layout.height;
  const blend = (darker: number): Uint8Array => {
    const out = new Uint8Array(layout.size);
    kernels.blend(frames, coefficients, 0, input.mapHeight, 0, layout.height, out, 1, { darker, brighter: 1 });
    return out.subarray(0, size);
  };
  for (const share of [0, 0.001, 0.25, 0.5, 0.75, 0.999, 1]) {
    for (const [at, code] of blend(share).entries()) {
      const expected = frames[1][at] + share * (frames[0][at] - frames[1][at]);
      if (Math.abs(code - expected) > 0.6) t.fail(`${share}: ${code} instead of ${expected}`);
    }
  }
  t.pass();
});

test('chroma is moved away from grey or towards it', async (t) => {
  for (const format of formats) {
    for (const [seed, gain] of [0, 0.5, 1.25, 2].entries()) {
      const counts = await differences({ format, width: 63, height: 37 }, seed, gain);
      t.true(counts.length <= 3 && counts[2] <= 0.001 * counts[0], `${format} ${gain}: ${counts.join(' ')}`);
    }
  }
});

test('where exposures agree and no tone is changed, the fused picture is the same, to the code', async (t) => {
  for (const exposures of [2, 3, 4, 5]) {
    for (const format of formats) {
      const input = makeCase({ format, width: 63, height: 37, exposures, range: 'full', amplitude: 12, tone: 0 }, 1);
      const same = { ...input, frames: input.frames.map(() => input.frames[0]) };
      t.deepEqual(blendAll(await kernelsFor(same), same, input.frames[0].slice()), input.frames[0].slice());
    }
  }
});

test('no coefficients are too large: every code stays between those of the exposures', async (t) => {
  for (const amplitude of [1e3, 1e6, 1e30]) {
    const input = makeCase({ width: 63, height: 37, range: 'full', tone: 0 }, 2);
    const huge = { ...input, coefficients: input.coefficients.map((value) => value * amplitude) };
    const { offset, stride, width, height } = input.layout.planes[0];
    const out = blendAll(await kernelsFor(huge), huge, new Uint8Array(input.layout.size));
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const at = offset + y * stride + x;
        const codes = input.frames.map((exposure) => exposure[at]);
        if (out[at] < Math.min(...codes) || out[at] > Math.max(...codes)) t.fail(`${out[at]} of ${codes.join(' ')}`);
      }
    }
  }
  t.pass();
});

test('slices of rows give what the whole picture gives', async (t) => {
  for (const format of formats) {
    for (const block of [8, 32]) {
      const input = makeCase({ format, width: 77, height: 131, block, amplitude: 6 }, 5);
      const { frames, coefficients, mapWidth, mapHeight, layout } = input;
      const kernels = await kernelsFor(input);
      const whole = blendAll(kernels, input, new Uint8Array(layout.size));
      const slices = new Uint8Array(layout.size);
      for (let y0 = 0; y0 < layout.height; y0 += 14) {
        const y1 = Math.min(y0 + 14, layout.height);
        // Only the map rows around the slice, starting one row above the picture for the first.
        const first = Math.floor(y0 / block) - 1;
        const rows = Math.floor((y1 - 1) / block) + 1 - first + 1;
        const part = new Float32Array(frames.length * 6 * rows * mapWidth).fill(NaN);
        for (let channel = 0; channel < frames.length * 6; channel++) {
          for (let row = Math.max(first, 0); row < Math.min(first + rows, mapHeight); row++) {
            const from = (channel * mapHeight + row) * mapWidth;
            part.set(coefficients.subarray(from, from + mapWidth), (channel * rows + row - first) * mapWidth);
          }
        }
        kernels.blend(frames, part, first, rows, y0, y1, slices);
      }
      t.deepEqual(slices, whole);
    }
  }
});

test('map rows that the caller does not give are taken from the nearest that it gives', async (t) => {
  const input = makeCase({ width: 40, height: 48, block: 16 }, 6);
  const { frames, coefficients, mapWidth, mapHeight, layout } = input;
  const channels = Array.from({ length: frames.length * 6 }, (_, channel) => {
    const from = (channel * mapHeight + 1) * mapWidth;
    return [...coefficients.subarray(from, from + mapWidth)];
  });
  const kernels = await kernelsFor(input);
  const repeated = new Uint8Array(layout.size);
  kernels.blend(frames, Float32Array.from(channels.flatMap((row) => [row, row, row].flat())), 0, 3, 0, 48, repeated);
  const single = new Uint8Array(layout.size);
  kernels.blend(frames, Float32Array.from(channels.flat()), 1, 1, 0, 48, single);
  t.deepEqual(single, repeated);
});

test('the output may be one of the inputs', async (t) => {
  for (const format of formats) {
    for (const target of [0, 1, 2]) {
      const input = makeCase({ format, width: 63, height: 67, block: 8 }, 8);
      const kernels = await kernelsFor(input);
      const apart = blendAll(kernels, input, input.frames[target].slice());
      blendAll(kernels, input, input.frames[target]);
      t.deepEqual(input.frames[target].slice(), apart);
    }
  }
});

test('one instance can be configured again', async (t) => {
  const kernels = await FusionKernels.load();
  const cases = [{ width: 200, height: 90, exposures: 5 }, { width: 33, height: 20, exposures: 2 }, { width: 400, height: 50 }];
  for (const [seed, picture] of cases.entries()) {
    const input = makeCase({ ...picture, block: 32 }, seed);
    const { layout, frames, reference, block, range } = input;
    kernels.configure({ layout, exposures: frames.length, reference, block, range });
    const reused = blendAll(kernels, input, new Uint8Array(layout.size));
    t.deepEqual(reused, blendAll(await kernelsFor(input), input, new Uint8Array(layout.size)));
  }
});

test('what cannot be blended is refused', async (t) => {
  const input = makeCase({ width: 32, height: 32 }, 10);
  const { frames, coefficients, layout } = input;
  const unconfigured = await FusionKernels.load();
  t.throws(() => unconfigured.blend(frames, coefficients, 0, 2, 0, 32, frames[0]), { message: /configured/ });
  const kernels = await kernelsFor(input);
  t.throws(() => kernels.blend(frames.slice(1), coefficients, 0, 2, 0, 32, frames[0]), { instanceOf: RangeError });
  t.throws(() => kernels.blend(frames, coefficients.subarray(1), 0, 2, 0, 32, frames[0]), { instanceOf: RangeError });
  t.throws(() => kernels.blend(frames, coefficients, 0, 2, 1, 32, frames[0]), { instanceOf: RangeError });
  t.throws(() => kernels.blend(frames, coefficients, 0, 2, 0, 31, frames[0]), { instanceOf: RangeError });
  t.throws(() => kernels.blend(frames, coefficients, 0, 2, 0, 32, new Uint8Array(10)), { instanceOf: RangeError });
  for (const gain of [-0.1, 2.1, NaN]) {
    t.throws(() => kernels.blend(frames, coefficients, 0, 2, 0, 32, frames[0], gain), { message: /chromaGain/ });
  }
  for (const share of [-0.1, 1.1, NaN]) {
    t.throws(() => kernels.blend(frames, coefficients, 0, 2, 0, 32, frames[0], 1, { darker: share, brighter: 1 }), { message: /share/ });
    t.throws(() => kernels.blend(frames, coefficients, 0, 2, 0, 32, frames[0], 1, { darker: 1, brighter: share }), { message: /share/ });
  }
  for (const wrong of [{ exposures: 1 }, { exposures: 6 }, { reference: 3 }, { block: 4 }, { block: 24 }, { block: 4096 }]) {
    const geometry = { layout, exposures: 3, reference: 1, block: 16, range: 'full' as const, ...wrong };
    t.throws(() => kernels.configure(geometry), { instanceOf: RangeError });
  }
});
