/** The kernels of 16 bits: those of 8 on the same codes, and finer between them. */
import test from 'ava';
import { planeLayout, type PlaneLayout } from '../../../plugin/core/frames/video-layout';
import { FrameWarp, FusionKernels, type Cover } from '../../../plugin/ipl/kernels';
import { buildKernels } from '../../../plugin/ipl/kernels/build';
import { offsetGrid } from '../../../plugin/ipl/kernels/warp/offset-grid';
import { frame, fullPictures, kernelsFor, makeCase, random } from './cases';

test.before(async () => {
  await buildKernels();
});

const deepOf = ({ width, height }: PlaneLayout): PlaneLayout => planeLayout('Y444_16LE', width, height);

/** The same codes in units of 2^-8. */
function widened(payload: Uint8Array, from: PlaneLayout, fraction: () => number = () => 0): Uint8Array {
  const to = deepOf(from);
  const out = new Uint8Array(to.size);
  for (const [number, plane] of from.planes.entries()) {
    for (let y = 0; y < plane.height; y += 1) {
      for (let x = 0; x < plane.width; x += 1) {
        const at = to.planes[number].offset + y * to.planes[number].stride + 2 * x;
        out[at] = fraction();
        out[at + 1] = payload[plane.offset + y * plane.stride + x];
      }
    }
  }
  return out;
}

/** Visits all samples: those of 16 bits in codes. */
function compare(deep: Uint8Array, eight: Uint8Array, layout: PlaneLayout): { most: number; mean: number } {
  const to = deepOf(layout);
  let [most, sum, count] = [0, 0, 0];
  for (const [number, plane] of layout.planes.entries()) {
    for (let y = 0; y < plane.height; y += 1) {
      for (let x = 0; x < plane.width; x += 1) {
        const at = to.planes[number].offset + y * to.planes[number].stride + 2 * x;
        // What is clipped in 8 bits may go on for a part of a code.
        const apart = Math.abs(Math.min(255, deep[at] / 256 + deep[at + 1]) - eight[plane.offset + y * plane.stride + x]);
        most = Math.max(most, apart);
        sum += apart;
        count += 1;
      }
    }
  }
  return { most, mean: sum / count };
}

test('the blend of 16 bits is that of 8, before it is rounded', async (t) => {
  for (const [seed, picture] of fullPictures.filter(({ width, height }) => width * height < 60_000).entries()) {
    for (const shares of [{ darker: 1, brighter: 1 }, { darker: 0.5, brighter: 0.8 }]) {
      const input = makeCase(picture, seed);
      const { frames, coefficients, mapHeight, layout, reference, block, range } = input;
      const eight = new Uint8Array(layout.size);
      (await kernelsFor(input)).blend(frames, coefficients, 0, mapHeight, 0, layout.height, eight, 1.25, shares);
      const kernels = await FusionKernels.load();
      const deep = deepOf(layout);
      kernels.configure({ layout: deep, exposures: frames.length, reference, block, range });
      const out = new Uint8Array(deep.size);
      const payloads = frames.map((payload) => widened(payload, layout));
      kernels.blend(payloads, coefficients, 0, mapHeight, 0, layout.height, out, 1.25, shares);
      const { most, mean } = compare(out, eight, layout);
      // Rounding, and what chroma of 8 bits is off: up to four of its steps, of a thirty-second of a code.
      t.true(most <= 0.64 && (mean < 0.3 || layout.width * layout.height < 100), `${JSON.stringify(picture)}: ${most}, ${mean}`);
    }
  }
});

test('of what nothing is brought into, every one of 16 bits stays', async (t) => {
  const input = makeCase({ format: 'Y444', width: 61, height: 37, range: 'full' }, 3);
  const { frames, coefficients, mapHeight, layout, reference, block, range } = input;
  const next = random(11);
  const payloads = frames.map((payload) => widened(payload, layout, () => Math.floor(next() * 256)));
  const kernels = await FusionKernels.load();
  const deep = deepOf(layout);
  kernels.configure({ layout: deep, exposures: frames.length, reference, block, range });
  // The network's colours stay, too: its coefficients are none.
  coefficients.fill(0);
  const out = new Uint8Array(deep.size);
  kernels.blend(payloads, coefficients, 0, mapHeight, 0, layout.height, out, 1, { darker: 0, brighter: 0 });
  for (const { offset, stride, width } of deep.planes) {
    for (let y = 0; y < deep.height; y += 1) t.deepEqual(out.subarray(offset + y * stride, offset + y * stride + width), payloads[reference].subarray(offset + y * stride, offset + y * stride + width));
  }
});

test('noise reduction of 16 bits is that of 8, before it is rounded; of one plane alone the others stay', async (t) => {
  for (const [width, height] of [[63, 37], [128, 96], [1, 1], [3, 2], [17, 35]] as const) {
    const layout = planeLayout('Y444', width, height);
    const given = frame(layout, random(5), 'noise', 1);
    const load = async (of: PlaneLayout): Promise<FusionKernels> => {
      const kernels = await FusionKernels.load();
      kernels.configure({ layout: of, exposures: 2, reference: 0, block: 16, range: 'full' });
      return kernels;
    };
    const deep = widened(given, layout);
    for (const reach of [{ luma: 40, chroma: 12 }, { luma: 5.5, chroma: 63 }]) {
      const before = deep.slice();
      const [one, all] = [before.slice(), given.slice()];
      (await load(layout)).smooth(all, reach);
      const kernels = await load(deepOf(layout));
      kernels.smooth(one, reach, 1);
      const { offset } = deepOf(layout).planes[1];
      t.deepEqual(one.subarray(0, offset), before.subarray(0, offset));
      kernels.smooth(one, reach, 0);
      kernels.smooth(one, reach, 2);
      const { most } = compare(one, all, layout);
      t.true(most <= 0.52, `${width}x${height}: ${most}`);
    }
  }
});

test('a warp of 16 bits is that of 8, before it is rounded', async (t) => {
  const layout = planeLayout('Y444', 300, 161);
  const given = frame(layout, random(9), 'smooth', 0.9);
  for (const homography of [[1, 0.01, 2.3, -0.01, 1, -1.7, 0, 0, 1], [1, 0, 7, 0, 1, -3, 0, 0, 1], [1.02, 0, -30.5, 0.003, 0.98, 12.25, 1e-5, 0, 1]]) {
    const grid = offsetGrid({ homography }, layout, 16);
    const [eight, deep] = [given.slice(), widened(given, layout)];
    (await FrameWarp.load()).warp(eight, layout, grid);
    (await FrameWarp.load()).warp(deep, deepOf(layout), grid);
    const { most, mean } = compare(deep, eight, layout);
    t.true(most <= 2.5 && mean < 0.4, `${homography.join(' ')}: ${most}, ${mean}`);
  }
});

test('a cover holds in 16 bits', async (t) => {
  const input = makeCase({ format: 'Y444', width: 64, height: 16, range: 'full', exposures: 2, reference: 0 }, 1);
  const { frames, coefficients, mapHeight, layout, reference, block, range } = input;
  const half: Cover = Int32Array.from({ length: 2 * layout.height }, (_, index) => (index % 2 === 0 ? 0 : 24));
  const kernels = await FusionKernels.load();
  const deep = deepOf(layout);
  kernels.configure({ layout: deep, exposures: 2, reference, block, range });
  const blend = (payloads: readonly Uint8Array[]): Uint8Array => {
    const out = new Uint8Array(deep.size);
    kernels.blend(payloads, coefficients, 0, mapHeight, 0, layout.height, out, 1, { darker: 1, brighter: 1 }, [undefined, half]);
    return out;
  };
  const payloads = frames.map((payload) => widened(payload, layout));
  const [own, other] = [blend(payloads), blend([payloads[0], payloads[1].map((byte) => 255 - byte)])];
  const rowOf = (out: Uint8Array): Uint8Array => out.subarray(4 * deep.planes[0].stride, 5 * deep.planes[0].stride);
  t.deepEqual(rowOf(own).subarray(2 * 24), rowOf(other).subarray(2 * 24));
  t.notDeepEqual(rowOf(own).subarray(0, 2 * 24), rowOf(other).subarray(0, 2 * 24));
});
