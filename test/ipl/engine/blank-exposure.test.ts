/** Of exposures that show nothing, nothing is taken. */
import test from 'ava';
import { planeLayout } from '../../../plugin/core/frames/video-layout';
import { blockMeans, shownShare } from '../../../plugin/ipl/engine/blank-exposure';
import { NATURAL } from '../../../plugin/ipl/engine/look';
import { cpuEngine } from '../engines';
import { GAINS, noisy, paint } from '../pictures';

const layout = planeLayout('I420', 322, 181);
const [luma] = layout.planes;
/** Luma of one code, without colour. */
const flat = (code: number): Uint8Array => new Uint8Array(layout.size).fill(128).fill(code, 0, luma.stride * luma.height);

for (const [what, blank, exposure] of [['black', flat(17), 0], ['black, with noise', noisy(flat(16), 3, 1), 0], ['white', flat(235), 2]] as const) {
  test(`an exposure that is ${what} gives nothing; the others give as before`, async (t) => {
    const engine = await cpuEngine();
    const payloads = GAINS.map((gain) => paint(layout, gain, 0));
    payloads[exposure].set(blank);
    const { weights } = await engine.fuse({ payloads, layout, range: 'limited', reference: 1, look: { ...NATURAL, denoise: 0 }, weights: true });
    const cells = (weights?.columns ?? 0) * (weights?.rows ?? 0);
    const of = (k: number): Uint8Array => weights?.values.subarray(k * cells, (k + 1) * cells) ?? new Uint8Array();
    t.true(cells > 0 && of(exposure).every((weight) => weight === 0));
    t.true(of(2 - exposure).some((weight) => weight > 60));
  });
}

test('how much is taken grows with what is shown, and asks no more blocks than it needs', (t) => {
  const share = (...codes: number[]): number => Math.round(100 * shownShare(codes.map((code) => code / 255)));
  t.deepEqual([0, 8, 16, 24, 200].map((code) => share(1, code)), [0, 0, 50, 100, 100]);
  t.deepEqual([255, 250, 245, 240].map((code) => share(254, code)), [0, 0, 50, 100]);
  let asked = 0;
  const blocks = function* (): Generator<number> {
    for (; ; asked += 1) yield 0.5;
  };
  t.is(shownShare(blocks()), 1);
  t.is(asked, 0);
});

test('the means of blocks are those that statistics have, of all formats', (t) => {
  for (const format of ['I420', 'NV12', 'I420_10LE', 'P010_10LE'] as const) {
    const deep = planeLayout(format, 70, 41);
    const [plane] = deep.planes;
    const payload = new Uint8Array(deep.size);
    const code = (x: number, y: number): number => 40 + x + y;
    const view = new DataView(payload.buffer);
    for (let y = 0; y < 41; y += 1) {
      for (let x = 0; x < 70; x += 1) {
        if (plane.width === 70) payload[y * plane.stride + x] = code(x, y);
        else view.setUint16(y * plane.stride + 2 * x, code(x, y) << (format === 'P010_10LE' ? 8 : 2), true);
      }
    }
    const means = [...blockMeans(payload, deep, 'limited', 32)];
    t.is(means.length, 3 * 2);
    for (const [at, mean] of means.entries()) {
      const [left, top] = [(at % 3) * 32, Math.floor(at / 3) * 32];
      const middle = code((left + Math.min(left + 32, 70) - 1) / 2, (top + Math.min(top + 32, 41) - 1) / 2);
      t.true(Math.abs(mean * 219 + 16 - middle) < 4, `${format} ${at}: ${mean * 219 + 16}, ${middle}`);
    }
  }
});

test('a bracket without blank exposures is not touched by this', (t) => {
  for (const gain of GAINS) t.is(shownShare(blockMeans(paint(layout, gain, 0), layout, 'limited', 8)), 1);
});
