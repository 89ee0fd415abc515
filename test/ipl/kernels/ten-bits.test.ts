/** The kernels of 10 bits: those of 8 on the same codes, and finer between them. */
import test from 'ava';
import { planeLayout, type PixelFormat, type PlaneLayout } from '../../../plugin/core/frames/video-layout';
import { FusionKernels, meanLuma } from '../../../plugin/ipl/kernels';
import { buildKernels } from '../../../plugin/ipl/kernels/build';
import { frame, kernelsFor, makeCase, random, type Case } from './cases';

test.before(async () => {
  await buildKernels();
});

const DEEP = { I420: 'I420_10LE', NV12: 'P010_10LE' } as const;
type Half = keyof typeof DEEP;
const above = (format: PixelFormat): number => (format === 'P010_10LE' ? 6 : 0);

const samplesOf = (payload: Uint8Array): Uint16Array => new Uint16Array(payload.buffer, payload.byteOffset, payload.byteLength >> 1);

/** Visits the samples of a picture of 8 bits, and where they lie in one of 10. */
function* places(eight: PlaneLayout, deep: PlaneLayout): Generator<readonly [byte: number, sample: number]> {
  for (const [number, plane] of eight.planes.entries()) {
    const to = deep.planes[number];
    for (let y = 0; y < plane.height; y += 1) {
      for (let x = 0; x < plane.width; x += 1) yield [plane.offset + y * plane.stride + x, (to.offset + y * to.stride) / 2 + x];
    }
  }
}

function widened(payload: Uint8Array, from: PlaneLayout, fraction: () => number = () => 0): Uint8Array {
  const to = planeLayout(DEEP[from.format as Half], from.width, from.height);
  const out = new Uint8Array(to.size);
  const samples = samplesOf(out);
  for (const [byte, sample] of places(from, to)) samples[sample] = (4 * payload[byte] + fraction()) << above(to.format);
  return out;
}

/** In codes of 8 bits. */
function compare(deep: Uint8Array, eight: Uint8Array, layout: PlaneLayout): { most: number; mean: number } {
  const to = planeLayout(DEEP[layout.format as Half], layout.width, layout.height);
  const samples = samplesOf(deep);
  let [most, sum, count] = [0, 0, 0];
  for (const [byte, sample] of places(layout, to)) {
    const apart = Math.abs(Math.min(255, (samples[sample] >> above(to.format)) / 4) - eight[byte]);
    most = Math.max(most, apart);
    sum += apart;
    count += 1;
  }
  return { most, mean: sum / count };
}

async function deepKernels({ layout, frames, reference, block, range }: Case): Promise<{ kernels: FusionKernels; deep: PlaneLayout }> {
  const kernels = await FusionKernels.load();
  const deep = planeLayout(DEEP[layout.format as Half], layout.width, layout.height);
  kernels.configure({ layout: deep, exposures: frames.length, reference, block, range });
  return { kernels, deep };
}

const sizes = [[63, 37, 16], [128, 96, 32], [33, 65, 8], [1, 1, 16], [17, 8, 16], [300, 70, 128]] as const;
const formats = ['I420', 'NV12'] as const;

test('statistics are those of the nearest codes of 8 bits', async (t) => {
  for (const format of formats) {
    for (const [width, height, block] of sizes) {
      const input = makeCase({ format, width, height, block }, 4);
      const { frames, mapWidth, mapHeight } = input;
      const [eight, ten] = [0, 0].map(() => new Float32Array(frames.length * 15 * mapWidth * mapHeight));
      (await kernelsFor(input)).statistics(frames, 0, mapHeight, eight, mapHeight);
      const { kernels } = await deepKernels(input);
      const next = random(7);
      // Two codes of ten below to one above: all are nearest to the same.
      kernels.statistics(frames.map((payload) => widened(payload, input.layout, () => Math.floor(next() * 2))), 0, mapHeight, ten, mapHeight);
      t.deepEqual(ten, eight, `${format} ${width}x${height}`);
    }
  }
});

test('the blend of 10 bits is that of 8, before it is rounded; both ways to store it are the same', async (t) => {
  for (const format of formats) {
    for (const [seed, [width, height, block]] of sizes.entries()) {
      const input = makeCase({ format, width, height, block, range: seed % 2 ? 'full' : 'limited', exposures: 2 + (seed % 4), kind: seed % 3 ? 'noise' : 'smooth' }, seed);
      const { frames, coefficients, mapHeight, layout } = input;
      const eight = new Uint8Array(layout.size);
      (await kernelsFor(input)).blend(frames, coefficients, 0, mapHeight, 0, layout.height, eight, 1.25);
      const { kernels, deep } = await deepKernels(input);
      const out = new Uint8Array(deep.size);
      kernels.blend(frames.map((payload) => widened(payload, layout)), coefficients, 0, mapHeight, 0, layout.height, out, 1.25);
      const { most, mean } = compare(out, eight, layout);
      t.true(most <= 0.75 && (mean < 0.3 || layout.width * layout.height < 100), `${format} ${width}x${height}: ${most}, ${mean}`);
      if (format === 'NV12') t.true(samplesOf(out).every((sample) => (sample & 63) === 0), 'nothing below the ten bits');
    }
  }
});

test('of what nothing is brought into, every one of 10 bits stays', async (t) => {
  for (const format of formats) {
    const input = makeCase({ format, width: 61, height: 37 }, 3);
    const { frames, coefficients, mapHeight, layout, reference } = input;
    const next = random(11);
    const payloads = frames.map((payload) => widened(payload, layout, () => Math.floor(next() * 4)));
    const { kernels, deep } = await deepKernels(input);
    coefficients.fill(0);
    const out = new Uint8Array(deep.size);
    kernels.blend(payloads, coefficients, 0, mapHeight, 0, layout.height, out, 1, { darker: 0, brighter: 0 });
    const [own, made] = [samplesOf(payloads[reference]), samplesOf(out)];
    t.true([...places(layout, deep)].every(([, at]) => made[at] === own[at]), format);
  }
});

test('noise reduction of 10 bits is that of 8, before it is rounded', async (t) => {
  for (const format of formats) {
    for (const [width, height] of [[63, 37], [128, 96], [1, 1], [3, 2], [17, 35]] as const) {
      const layout = planeLayout(format, width, height);
      const given = frame(layout, random(5), 'noise', 1);
      const input = { ...makeCase({ format, width, height }, 1), frames: [given, given], reference: 0 };
      for (const reach of [{ luma: 40, chroma: 12 }, { luma: 5.5, chroma: 63 }]) {
        const [all, deep] = [given.slice(), widened(given, layout)];
        (await kernelsFor(input)).smooth(all, reach);
        const { kernels } = await deepKernels(input);
        kernels.smooth(deep, reach);
        const { most } = compare(deep, all, layout);
        t.true(most <= 0.75, `${format} ${width}x${height}: ${most}`);
        if (format === 'NV12') t.true(samplesOf(deep).every((sample) => (sample & 63) === 0));
      }
    }
  }
});

test('mean luma of 10 bits counts codes of 8', (t) => {
  for (const format of formats) {
    const layout = planeLayout(format, 301, 200);
    const given = frame(layout, random(2), 'smooth', 0.7);
    const deep = planeLayout(DEEP[format], 301, 200);
    t.is(meanLuma(widened(given, layout), deep), meanLuma(given, layout));
  }
});
