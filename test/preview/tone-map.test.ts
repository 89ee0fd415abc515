/** HDR on the preview page, as a screen for SDR shows it. */
import test from 'ava';
import type { Frame } from '../../plugin';
import { hlgOfLight, pqOfLight, PQ_PEAK } from '../../plugin/core/frames/bt2100';
import { parseVideoCaps } from '../../plugin/core/frames/video-caps';
import { PictureEncoder } from '../../plugin/preview/picture-encoder';
import { PictureHub } from '../../plugin/preview/picture-hub';
import { isHdr, toneMap, toneMappedCaps } from '../../plugin/preview/tone-map';
import { makeFrame } from '../support/frames';
import { previewOffer } from '../../plugin/preview/answers';
import { grey, observe } from '../support/preview-server';

type Rgb = readonly [number, number, number];
type Output = 'pq' | 'hlg';

/** cd/m2 of a display of 1000 cd/m2, BT.2020, to codes of 0 to 1. */
function codesOf(output: Output, light: Rgb): Rgb {
  if (output === 'pq') return light.map((value) => pqOfLight(value / PQ_PEAK)) as unknown as Rgb;
  const luminance = (0.2627 * light[0] + 0.678 * light[1] + 0.0593 * light[2]) / 1000;
  return light.map((value) => hlgOfLight(luminance === 0 ? 0 : (value / 1000) * luminance ** (1 / 1.2 - 1))) as unknown as Rgb;
}

/** A picture of columns of colours, two pixels each. */
function picture(output: Output, colours: readonly Rgb[], height = 4): Frame {
  const width = 2 * colours.length;
  const capsText = `video/x-raw, format=(string)I420_10LE, width=(int)${width}, height=(int)${height}, framerate=(fraction)25/1, colorimetry=(string)bt2100-${output}`;
  const { layout } = parseVideoCaps(capsText);
  const payload = new Uint8Array(layout.size);
  const samples = new Uint16Array(payload.buffer);
  const put = (plane: number, x: number, y: number, value: number): void => {
    const { offset, stride } = layout.planes[plane] ?? { offset: 0, stride: 0 };
    samples[(offset + y * stride) / 2 + x] = Math.round(value);
  };
  for (const [column, colour] of colours.entries()) {
    const [r, g, b] = codesOf(output, colour);
    const luma = 0.2627 * r + 0.678 * g + 0.0593 * b;
    for (let y = 0; y < height; y += 1) for (const x of [0, 1]) put(0, 2 * column + x, y, 64 + 876 * luma);
    for (let y = 0; y < Math.ceil(height / 2); y += 1) {
      put(1, column, y, 512 + (896 * (b - luma)) / 1.8814);
      put(2, column, y, 512 + (896 * (r - luma)) / 1.4746);
    }
  }
  return makeFrame(0, { capsText, payload, shared: true });
}

/** R', G', B' of BT.709 in each column, 0 to 1. */
async function shown(output: Output, colours: readonly Rgb[], height = 4): Promise<Rgb[]> {
  const { payload, caps } = picture(output, colours, height);
  const mapped = await toneMap(payload, caps);
  const { layout } = toneMappedCaps(caps);
  return colours.map((_, column) => {
    const at = (plane: number, x: number): number => mapped[(layout.planes[plane]?.offset ?? 0) + x] ?? 0;
    const [y, b, r] = [(at(0, 2 * column) - 16) / 219, (at(1, column) - 128) / 224, (at(2, column) - 128) / 224];
    return [y + 1.5748 * r, y - 0.1873 * b - 0.4681 * r, y + 1.8556 * b];
  });
}

const neutral = (light: number): Rgb => [light, light, light];

/** BT.2446-1, method A, of a grey, by hand: 203 cd/m2 are 0.5146 of the scale, 0.7695 in its logarithm, 0.8283 mapped. */
const WHITE = 0.687;

for (const output of ['pq', 'hlg'] as const) {
  test(`greys of ${output} stay grey, in their order; white is at 69 %, the peak at 100 %`, async (t) => {
    const levels = [0, 0.5, 2, 10, 50, 100, 203, 400, 800, 1000];
    const out = await shown(output, levels.map(neutral));
    for (const [r, g, b] of out) t.true(Math.max(r, g, b) - Math.min(r, g, b) < 0.015);
    const lumas = out.map(([, g]) => g);
    t.deepEqual(lumas, [...lumas].sort((a, b) => a - b));
    t.true(Math.abs((lumas[0] ?? 1) - 0) < 0.005 && Math.abs((lumas.at(-1) ?? 0) - 1) < 0.01, JSON.stringify(lumas));
    t.true(Math.abs((lumas[6] ?? 0) - WHITE) < 0.01, JSON.stringify(lumas));
  });

  test(`colours of ${output} keep their hue`, async (t) => {
    // Red, green and blue of BT.709 at 203 cd/m2 of white.
    const [red, green, blue] = await shown(output, [[127, 14, 3.3], [67, 187, 18], [8.8, 2.3, 182]]);
    for (const [name, given, first] of [['red', red, 0], ['green', green, 1], ['blue', blue, 2]] as const) {
      const others = [0, 1, 2].filter((channel) => channel !== first).map((channel) => given?.[channel] ?? 1);
      t.true((given?.[first] ?? 0) > 0.4 && Math.max(...others) < 0.25, `${name}: ${JSON.stringify(given)}`);
    }
  });
}

test('sizes that are odd, and pictures of many rows', async (t) => {
  const colours = [neutral(203), neutral(10)];
  t.deepEqual(await shown('pq', colours, 151), await shown('pq', colours, 4));
});

test('the page gets HDR mapped, and is told so; SDR as it is', async (t) => {
  const hub = new PictureHub({ streams: ['fused', 'under'], width: 640, rate: 1000 });
  hub.offer(1, grey(40, 0));
  hub.offer(0, picture('hlg', Array.from({ length: 32 }, () => neutral(203)), 36));
  t.deepEqual(hub.toneMapped, ['fused']);
  const offer = previewOffer({ view: observe([['fused', 'ipl']]), hub, streams: ['fused', 'under'], rate: 10 });
  const state = (await offer.answers.state?.resolve(undefined as never)) as { value: string } | undefined;
  t.deepEqual((JSON.parse(state?.value ?? '{}') as { toneMapped: string[] }).toneMapped, ['fused']);
  const capture = await hub.next(0);
  const file = capture && (await hub.jpeg(capture, 0));
  t.true((file?.length ?? 0) > 100);
  const still = await hub.still();
  t.is(still?.file.subarray(1, 4).toString(), 'PNG');
  await hub.close();
});

test('a JPEG of white in HDR is as bright as mapped', async (t) => {
  const encoder = PictureEncoder.jpeg(64);
  const file = await encoder.encode(picture('pq', Array.from({ length: 32 }, () => neutral(203)), 36));
  await encoder.close();
  const { default: sharp } = await import('sharp');
  const { channels } = await sharp(file).stats();
  // What BT.709's codes of 69 % are in JFIF, whose transfer is another: GStreamer leaves it as it is.
  for (const { mean } of channels) t.true(Math.abs(mean / 255 - WHITE) < 0.03, String(mean));
  t.false(isHdr(grey(40, 0).caps));
});
