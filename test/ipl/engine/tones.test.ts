/** A picture of fewer exposures than there should be looks like its neighbours. */
import path from 'node:path';
import test from 'ava';
import { from, lastValueFrom, toArray } from 'rxjs';
import type { ExposureSet, Frame } from '../../../plugin/core/frames/frame';
import { parseVideoCaps } from '../../../plugin/core/frames/video-caps';
import { planeLayout } from '../../../plugin/core/frames/video-layout';
import { ipl } from '../../../plugin/ipl';
import { applyCurve, curveOf } from '../../../plugin/ipl/engine/tone-curve';
import { sampleTones, sumTones } from '../../../plugin/ipl/engine/tone-samples';
import { ROOT } from '../../support/command';
import { record } from '../../support/media';
import { capsFor, lensPicture, paint } from '../pictures';

const NAMES = ['under', 'mid', 'over'];
const [WIDTH, HEIGHT] = [640, 360];

/** The shipped bracket's first pictures, by branch. */
const video = Promise.all(
  NAMES.map(async (name) => {
    const launch = `filesrc location=${path.join(ROOT, 'examples/media/video', `${name}.mp4`)} ! qtdemux ! h264parse ! avdec_h264 ! identity eos-after=7 ! videoscale ! video/x-raw,format=I420,width=${WIDTH},height=${HEIGHT}`;
    return (await record(launch)).frames.map(({ payload }) => payload);
  }),
);

async function setOf(number: number, exposures: readonly number[]): Promise<ExposureSet> {
  const caps = parseVideoCaps(capsFor('I420', WIDTH, HEIGHT));
  const pictures = await video;
  const frames = exposures.map((exposure): Frame => {
    const payload = Uint8Array.from(pictures[exposure]?.[number] ?? []);
    return { kind: 'frame', payload, caps, runningTime: BigInt(number) * 33_333_333n, duration: 33_333_333n, shared: false, origins: [] };
  });
  const missing = NAMES.filter((_, exposure) => !exposures.includes(exposure));
  return { kind: 'exposures', frames, branches: exposures.map((exposure) => NAMES[exposure] ?? ''), missing, origins: [] };
}

/** Mean code of each plane. */
function meansOf({ payload, caps }: Frame): number[] {
  return caps.layout.planes.map(({ offset, stride, width, height }) => {
    let sum = 0;
    for (let row = 0; row < height; row += 1) for (let x = 0; x < width; x += 1) sum += payload[offset + row * stride + x] ?? 0;
    return sum / (width * height);
  });
}

const options = { threads: 1, queue: { capacity: 64, policy: 'block' as const }, onWarning: (): void => undefined };

const kinds: (readonly number[])[] = [[1, 2], [0, 2], [0, 1], [0], [1], [2]];
for (const kind of kinds) {
  const title = kind.map((exposure) => NAMES[exposure]).join(' and ');
  test.serial(`sets of ${title} among whole ones: brightness and colour do not jump`, async (t) => {
    const sets = await Promise.all([0, 1, 2, 3, 4, 5].map((number) => setOf(number, number % 2 === 1 ? kind : [0, 1, 2])));
    const means = (await lastValueFrom(from(sets).pipe(ipl(options), toArray()))).map(meansOf);
    t.is(means.length, 6);
    for (const [number, [y = 0, u = 0, v = 0]] of means.entries()) {
      const [y0 = y, u0 = u, v0 = v] = means[number - 1] ?? [];
      t.true(Math.abs(y - y0) < 2 && Math.abs(u - u0) < 1 && Math.abs(v - v0) < 1, `${number}: ${[y - y0, u - u0, v - v0].map((one) => one.toFixed(2)).join(' ')}`);
    }
    t.log(means.map(([y = 0]) => y.toFixed(1)).join(' '));
  });
}

test.serial('one exposure alone for long keeps the look, and follows its own light', async (t) => {
  const whole = await Promise.all([0, 1].map((number) => setOf(number, [0, 1, 2])));
  const alone = await Promise.all([2, 3, 4, 5].map((number) => setOf(number, [0])));
  const darker = alone.map(({ frames }) => frames[0]).at(-1);
  // A cloud comes: half the light.
  if (darker) for (let at = 0; at < WIDTH * HEIGHT; at += 1) darker.payload[at] = 16 + ((darker.payload[at] ?? 16) - 16) * 0.7;
  const means = (await lastValueFrom(from([...whole, ...alone]).pipe(ipl(options), toArray()))).map((frame) => meansOf(frame)[0] ?? 0);
  for (const mean of means.slice(2, 5)) t.true(Math.abs(mean - (means[1] ?? 0)) < 2, `${means.join(' ')}`);
  // The look lifts the darks: of 30 % less a third to a half is seen.
  t.true((means[5] ?? 0) < (means[4] ?? 0) - 10, `${means.join(' ')}`);
});

test.serial('what was learnt of one scene is forgotten with it', async (t) => {
  const single = async (): Promise<ExposureSet> => setOf(2, [0]);
  const expected = meansOf((await single()).frames[0])[0] ?? 0;
  const full = parseVideoCaps(capsFor('I420', WIDTH, HEIGHT).replace('bt709', '1:3:5:1'));
  const other = await single();
  const sets = [await setOf(0, [0, 1, 2]), { ...other, frames: other.frames.map((frame) => ({ ...frame, caps: full })) }];
  const [, fused] = await lastValueFrom(from(sets).pipe(ipl(options), toArray()));
  t.is(fused && meansOf(fused)[0], expected);
});

for (const format of ['I420', 'NV12'] as const) {
  test(`${format}: the curve from a picture to another leads there, in luma and in colour, at odd sizes, too`, (t) => {
    for (const [width, height] of [[322, 181], [75, 33]] as const) {
      const layout = planeLayout(format, width, height);
      const picture = lensPicture(layout, 0.6);
      const wanted = Uint8Array.from(picture);
      for (const [number, { offset, stride, width: columns, height: rows }] of layout.planes.entries()) {
        for (let row = 0; row < rows; row += 1) {
          for (let at = offset + row * stride; at < offset + row * stride + columns; at += 1) {
            const code = picture[at] ?? 0;
            wanted[at] = number === 0 ? Math.min(235, 30 + code * 0.9) : 128 + Math.round((code - 128) * 1.5) + 4;
          }
        }
      }
      const curve = curveOf(sumTones(sampleTones(picture, layout), sampleTones(wanted, layout)));
      if (!curve) return t.fail();
      applyCurve(picture, layout, 'limited', curve);
      for (const [number, { offset, stride, width: columns, height: rows }] of layout.planes.entries()) {
        let sum = 0;
        for (let row = 0; row < rows; row += 1) for (let x = 0; x < columns; x += 1) sum += Math.abs((picture[offset + row * stride + x] ?? 0) - (wanted[offset + row * stride + x] ?? 0));
        t.true(sum / (rows * columns) < 1.5, `plane ${number}: ${sum / (rows * columns)}`);
      }
    }
  });
}

test('a curve never falls, and stays in range', (t) => {
  const layout = planeLayout('I420', 320, 180);
  const from = paint(layout, 1, 0);
  // Two pictures that have nothing to do with each other.
  const curve = curveOf(sumTones(sampleTones(from, layout), sampleTones(lensPicture(layout).reverse(), layout)));
  for (let code = 1; code < 256; code += 1) t.true((curve?.luma[code] ?? 0) >= (curve?.luma[code - 1] ?? 0), `${code}`);
  if (curve) applyCurve(from, layout, 'limited', curve);
  const [luma] = layout.planes;
  t.true(from.subarray(0, luma?.stride).every((code) => code >= 16 && code <= 235));
  t.is(curveOf(new Float64Array(sumTones(new Int16Array(0), new Int16Array(0)).length)), undefined);
});

test('learning looks at a few thousand places of a picture, however large it is', (t) => {
  const placesOf = (width: number, height: number): number => {
    const layout = planeLayout('NV12', width, height);
    return sampleTones(new Uint8Array(layout.size), layout).length / 3;
  };
  const [hd, uhd] = [placesOf(1920, 1080), placesOf(3840, 2160)];
  t.true(uhd > 1000 && uhd < 20_000, `${uhd}`);
  t.true(uhd < 2 * hd, `${hd} ${uhd}`);
});
