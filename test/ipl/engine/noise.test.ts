/** What noise is found, and what its reduction does to the picture. */
import test from 'ava';
import { planeLayout, type PixelFormat } from '../../../plugin/core/frames/video-layout';
import { FusionEngine } from '../../../plugin/ipl/engine/fusion-engine';
import { FusionKernels } from '../../../plugin/ipl/kernels';
import { NATURAL } from '../../../plugin/ipl/engine/look';
import { DEFAULT_MODEL, loadModel } from '../../../plugin/ipl/network/model';
import { noiseLevel } from '../../../plugin/ipl/engine/noise-level';
import { reachesOf } from '../../../plugin/ipl/engine/noise-reduction';
import { lensPicture, noisy, psnr } from '../pictures';

const model = loadModel(DEFAULT_MODEL);

test('the noise of a picture is found, whatever the picture, and none where there is none', (t) => {
  for (const [width, height] of [[1280, 720], [322, 181]] as const) {
    const layout = planeLayout('I420', width, height);
    const [luma] = layout.planes;
    const picture = lensPicture(layout, 0.8);
    t.true(noiseLevel([picture], 0, luma, 'limited') < 0.3);
    for (const [seed, deviation] of [1, 2, 4, 8].entries()) {
      const found = noiseLevel([noisy(picture, deviation, seed)], 0, luma, 'limited');
      t.true(Math.abs(found / deviation - 1) < 0.15, `${width}x${height}: ${found} instead of ${deviation}`);
    }
  }
});

test('texture as fine as noise is told from it by the other exposures', (t) => {
  const layout = planeLayout('I420', 640, 360);
  const [luma] = layout.planes;
  const gravel = noisy(lensPicture(layout, 0.8), 5, 1);
  const brighter = gravel.map((code) => Math.min(235, Math.round(16 + (code - 16) * 1.2)));
  t.true(noiseLevel([gravel], 0, luma, 'limited') > 4);
  t.is(noiseLevel([gravel, brighter], 0, luma, 'limited'), 0);
  // So it is by an exposure that lies elsewhere, read where it is read; its border is repeated.
  const [x, y] = [6, -4];
  const elsewhere = brighter.slice();
  for (let row = 0; row < luma.height; row += 1) {
    for (let column = 0; column < luma.width; column += 1) elsewhere[Math.min(luma.height - 1, Math.max(0, row + y)) * luma.stride + Math.min(luma.width - 1, column + x)] = brighter[row * luma.stride + column];
  }
  t.true(noiseLevel([gravel, elsewhere], 0, luma, 'limited') > 4);
  t.true(noiseLevel([gravel, elsewhere], 0, luma, 'limited', { shifts: [undefined, { x, y }] }) < 0.1);
  // Another exposure's noise is another noise.
  t.true(noiseLevel([gravel, noisy(lensPicture(layout, 0.9), 5, 2)], 0, luma, 'limited') > 4);
});

test('a picture that is clipped, black or smaller than a block has no noise that could be found', (t) => {
  const layout = planeLayout('NV12', 640, 360);
  const [luma] = layout.planes;
  for (const code of [16, 235]) t.is(noiseLevel([noisy(new Uint8Array(layout.size).fill(code), 3, 1)], 0, luma, 'limited'), 0);
  const small = planeLayout('I420', 15, 40);
  t.is(noiseLevel([noisy(new Uint8Array(small.size).fill(90), 3, 1)], 0, small.planes[0], 'full'), 0);
});

test('the reach follows the noise, is nothing where it is not worth a pass or where it is a pattern, and has a bound', (t) => {
  t.deepEqual(reachesOf(0.3, 1), []);
  t.deepEqual(reachesOf(5, 0), []);
  t.deepEqual(reachesOf(2, 1), [{ luma: 6, chroma: 3 }]);
  t.deepEqual(reachesOf(3, 1), [{ luma: 9, chroma: 4.5 }, { luma: 3, chroma: 1.5 }]);
  t.deepEqual(reachesOf(14, 2), [{ luma: 32, chroma: 32 }, { luma: 32 / 3, chroma: 32 / 3 }]);
  // Half trusted, then taken for a pattern.
  t.deepEqual(reachesOf(20, 1), [{ luma: 16, chroma: 15 }, { luma: 16 / 3, chroma: 5 }]);
  t.deepEqual(reachesOf(24, 1), []);
});

async function fuse(format: PixelFormat, deviation: number, denoise: number): Promise<Uint8Array> {
  const layout = planeLayout(format, 640, 360);
  const payloads = [0.4, 0.8, 1.3].map((gain, exposure) => noisy(lensPicture(layout, gain), deviation, exposure));
  const engine = new FusionEngine(await model, await FusionKernels.load(), { sliceBands: 4 });
  await engine.fuse({ payloads, layout, range: 'limited', reference: 1, look: { ...NATURAL, denoise } });
  return payloads[1] ?? new Uint8Array();
}

for (const format of ['I420', 'NV12'] as const) {
  test(`a fused noisy picture is nearer to the one without noise, luma and chroma, edges included: ${format}`, async (t) => {
    const layout = planeLayout(format, 640, 360);
    const [clean, plain, reduced] = [await fuse(format, 0, 1), await fuse(format, 6, 0), await fuse(format, 6, 1)];
    t.true(psnr(clean, reduced, layout) > psnr(clean, plain, layout) + 2);
    const chroma = (payload: Uint8Array): number => {
      const from = layout.planes[1]?.offset ?? 0;
      return payload.subarray(from).reduce((sum, code, at) => sum + (code - (clean[from + at] ?? 0)) ** 2, 0);
    };
    t.true(chroma(reduced) < 0.7 * chroma(plain));
    // Along the edges nothing is washed out: against the same noisy picture, since noise changes how the network mixes as well.
    const edges = (payload: Uint8Array): number => {
      const stride = layout.planes[0]?.stride ?? 0;
      let sum = 0;
      for (let y = 0; y < 360; y += 1) for (let x = 159; x < 600; x += 160) sum += (payload[y * stride + x + 1] ?? 0) - (payload[y * stride + x] ?? 0);
      return sum / 360 / 3;
    };
    t.true(edges(plain) > 25, `${edges(plain)}`);
    t.true(Math.abs(edges(reduced) / edges(plain) - 1) < 0.1, `${edges(reduced)} ${edges(plain)} ${edges(clean)}`);
  });
}

test('a noisy video of a still scene: the estimate hardly varies, noise flickers less than without, and nothing pumps', async (t) => {
  const layout = planeLayout('I420', 640, 360);
  const frames = (time: number): Uint8Array[] => [0.4, 0.8, 1.3].map((gain, exposure) => noisy(lensPicture(layout, gain), 3, 10 * time + exposure));
  const levels = Array.from({ length: 8 }, (_, time) => noiseLevel(frames(time), 1, layout.planes[0], 'limited'));
  t.true(Math.max(...levels) / Math.min(...levels) < 1.1, levels.join(' '));
  const changes = async (denoise: number): Promise<{ pixels: number; mean: number }> => {
    const engine = new FusionEngine(await model, await FusionKernels.load(), { sliceBands: 4 });
    const lumas: Uint8Array[] = [];
    for (let time = 0; time < 8; time += 1) {
      const payloads = frames(time);
      await engine.fuse({ payloads, layout, range: 'limited', reference: 1, look: { ...NATURAL, denoise } });
      lumas.push((payloads[1] ?? new Uint8Array()).subarray(0, 640 * 360));
    }
    const mean = (values: Uint8Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    const pairs = lumas.slice(1).map((luma, at) => [luma, lumas[at] ?? luma] as const);
    return {
      pixels: Math.max(...pairs.map(([a, b]) => a.reduce((sum, code, at) => sum + Math.abs(code - (b[at] ?? 0)), 0) / a.length)),
      mean: Math.max(...pairs.map(([a, b]) => Math.abs(mean(a) - mean(b)))),
    };
  };
  const [plain, reduced] = [await changes(0), await changes(1)];
  t.log('codes from frame to frame, without and with:', plain, reduced);
  t.true(reduced.pixels < 0.6 * plain.pixels);
  t.true(reduced.mean < plain.mean + 0.05);
});

test('without noise the picture is the same, to the code, with and without its reduction', async (t) => {
  t.deepEqual(await fuse('I420', 0, 1), await fuse('I420', 0, 0));
});
