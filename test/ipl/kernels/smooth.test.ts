import test from 'ava';
import { FusionKernels } from '../../../plugin/ipl/kernels';
import { buildKernels } from '../../../plugin/ipl/kernels/build';
import { planeLayout, type PlaneLayout } from '../../../plugin/core/frames/video-layout';
import { formats, frame, random } from './cases';

test.before(async () => {
  await buildKernels();
});

async function kernelsOf(layout: PlaneLayout): Promise<FusionKernels> {
  const kernels = await FusionKernels.load();
  kernels.configure({ layout, exposures: 2, reference: 0, block: 16, range: 'full' });
  return kernels;
}

/** What assembly/smooth.ts says, code by code. */
function plainly(bytes: Uint8Array, layout: PlaneLayout, reach: { luma: number; chroma: number }): Uint8Array {
  const out = bytes.slice();
  for (const [number, { offset, stride, width, height }] of layout.planes.entries()) {
    const step = number > 0 && layout.format === 'NV12' ? 2 : 1;
    const limit = Math.round(2 * (number === 0 ? reach.luma : reach.chroma));
    if (limit < 2) continue;
    const at = (x: number, y: number, down: number, right: number): number => {
      const column = x + right * step;
      return bytes[offset + Math.min(height - 1, Math.max(0, y + down)) * stride + (column < 0 || column >= width ? x : column)];
    };
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1) {
        const code = at(x, y, 0, 0);
        const sum = [[-1, 0], [1, 0], [0, -1], [0, 1]].reduce((total, [down, right]) => {
          const difference = at(x, y, down, right) - code;
          return total + Math.sign(difference) * Math.max(0, Math.min(Math.abs(difference), limit - Math.abs(difference)));
        }, 0);
        out[offset + y * stride + x] = Math.round(code + sum / 5);
      }
    }
  }
  return out;
}

test('noise reduction is what its definition says, to the code, and leaves alone what lies between rows', async (t) => {
  for (const format of formats) {
    for (const [width, height] of [[63, 37], [128, 96], [33, 16], [34, 17], [1, 1], [3, 2], [17, 35]] as const) {
      const layout = planeLayout(format, width, height);
      const kernels = await kernelsOf(layout);
      for (const [seed, reach] of [{ luma: 40, chroma: 12 }, { luma: 1, chroma: 0.5 }, { luma: 5.5, chroma: 63 }].entries()) {
        const given = frame(layout, random(seed), seed === 1 ? 'smooth' : 'noise', 1);
        const smoothed = given.slice();
        kernels.smooth(smoothed, reach);
        t.deepEqual(smoothed, plainly(given, layout, reach), `${format} ${width}x${height} ${JSON.stringify(reach)}`);
      }
    }
  }
});

test('a reach that cannot be is refused', async (t) => {
  const layout = planeLayout('I420', 16, 16);
  const kernels = await kernelsOf(layout);
  for (const luma of [-1, 64, NaN]) t.throws(() => kernels.smooth(new Uint8Array(layout.size), { luma, chroma: 0 }), { message: /reach must be 0\.\.63/ });
});
