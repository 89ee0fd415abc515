/** Exposures that have a motion are lined up before they are fused. */
import test from 'ava';
import { planeLayout, type PixelFormat, type PlaneLayout } from '../../../plugin/core/frames/video-layout';
import type { FusionTask } from '../../../plugin/ipl/engine/fusion-task';
import type { Motion } from '../../../plugin/ipl/kernels';
import { NATURAL } from '../../../plugin/ipl/engine/look';
import { bracket } from '../align/moved';
import { cpuEngine } from '../engines';
import { turned } from '../kernels/warp/motions';
import { GAINS, lensPicture, noisy, paint, psnr } from '../pictures';

/** The middle of a picture. */
const CROPPED = planeLayout('I420', 160, 60);
const ROWS = Array.from({ length: 60 }, (_, row) => row);

const NOTHING = { ...NATURAL, denoise: 0 };

async function fuse(task: FusionTask): Promise<Uint8Array> {
  const engine = await cpuEngine();
  await engine.fuse(task);
  return Uint8Array.from(task.payloads[task.reference]);
}

/** The picture, looked at elsewhere: whole pixels, even ones, so that nothing is filtered. */
function moved(payload: Uint8Array, layout: PlaneLayout, x: number, y: number): Uint8Array {
  const out = payload.slice();
  for (const [number, plane] of layout.planes.entries()) {
    const scale = number === 0 ? 1 : 2;
    const pair = number > 0 && layout.format === 'NV12' ? 2 : 1;
    for (let row = 0; row < plane.height; row += 1) {
      for (let at = 0; at < plane.width; at += 1) {
        const from = Math.min(Math.max(at - (x / scale) * pair, 0), plane.width - 1);
        out[plane.offset + row * plane.stride + at] = payload[plane.offset + Math.min(Math.max(row - y / scale, 0), plane.height - 1) * plane.stride + from];
      }
    }
  }
  return out;
}

const taskOf = (layout: PlaneLayout, change: (payload: Uint8Array, exposure: number) => Uint8Array = (payload) => payload): FusionTask => ({
  payloads: GAINS.map((gain, exposure) => change(paint(layout, gain, 0), exposure)), layout, range: 'limited', reference: 1, look: NOTHING,
});

for (const format of ['I420', 'NV12'] as PixelFormat[]) {
  test(`exposures that are shifted are fused as if they were not, but for the border that they lack (${format})`, async (t) => {
    const layout = planeLayout(format, 320, 180);
    const shifts = [[12, -8], [0, 0], [-22, 6]] as const;
    const motions = shifts.map(([x, y]): Motion => ({ homography: turned(320, 180, 0, 1, x, y) }));
    const straight = await fuse(taskOf(layout));
    const given = taskOf(layout, (payload, exposure) => moved(payload, layout, shifts[exposure][0], shifts[exposure][1]));
    const asIs = await fuse({ ...given, payloads: given.payloads.map((payload) => payload.slice()) });
    const linedUp = await fuse({ ...given, motions });
    const likeness = (fused: Uint8Array): number => psnr(crop(straight, layout), crop(fused, layout), CROPPED, ROWS);
    t.log(`${likeness(linedUp)} dB lined up, ${likeness(asIs)} dB as they are`);
    t.true(likeness(linedUp) > likeness(asIs) + 10, `${likeness(linedUp)} dB lined up, ${likeness(asIs)} dB as they are`);
  });
}

for (const [format, width, height] of [['I420', 320, 180], ['NV12', 322, 181]] as const) {
  test(`what lies whole pixels elsewhere is read there, not moved, and gives the very picture (${format}, ${width}x${height})`, async (t) => {
    const layout = planeLayout(format, width, height);
    const engine = await cpuEngine();
    for (const [x, y] of [[6, -4], [-2, 200], [400, 2]] as const) {
      const motions = [{ homography: turned(width, height, 0, 1, x, y) }, undefined, { homography: turned(width, height, 0, 1, -y, x) }];
      const given = (): FusionTask => ({ ...taskOf(layout), motions, quick: true });
      const [read, moved_] = [await engine.lineUp(given(), true), await engine.lineUp(given())];
      t.deepEqual([read.shifts?.[0], read.shifts?.[2]], [{ x, y }, { x: 0 - y, y: x }]);
      t.is(moved_.shifts, undefined);
      t.deepEqual(read.payloads[0], taskOf(layout).payloads[0]);
      for (const task of [read, moved_]) {
        engine.reset();
        await engine.fuse(task);
      }
      t.deepEqual(read.payloads[1], moved_.payloads[1], `${x}, ${y}`);
    }
    // An odd pixel is half a sample of chroma: moved.
    t.is((await engine.lineUp({ ...taskOf(layout), motions: [{ homography: turned(width, height, 0, 1, 3, 0) }, undefined, undefined] }, true)).shifts, undefined);
  });
}

test('motions that are not given are found where that is asked for, and told', async (t) => {
  const layout = planeLayout('I420', 480, 360);
  const { under, mid, over } = await bracket(480, 360);
  const scenes = [under, mid, over].map(({ data }) => {
    const payload = new Uint8Array(layout.size).fill(128);
    payload.set(data);
    return payload;
  });
  const task = { layout, range: 'full', reference: 1, look: NOTHING } as const;
  const middle = planeLayout('I420', 360, 240);
  const fused = async (payloads: Uint8Array[], align: boolean): Promise<Uint8Array> => {
    const picture = await fuse({ ...task, payloads, align });
    return Uint8Array.from({ length: middle.size }, (_, at) => (at < 360 * 240 ? picture[(Math.floor(at / 360) + 60) * 480 + (at % 360) + 60] : 128));
  };
  const given = (): Uint8Array[] => [moved(scenes[0], layout, 12, -8), scenes[1].slice(), moved(scenes[2], layout, -14, 6)];
  const straight = await fused(scenes.map((payload) => payload.slice()), true);
  const rows = Array.from({ length: 240 }, (_, row) => row);
  const [asIs, linedUp] = [psnr(straight, await fused(given(), false), middle, rows), psnr(straight, await fused(given(), true), middle, rows)];
  t.true(linedUp > asIs + 6, `${linedUp} dB lined up, ${asIs} dB as they are`);
  const { linedUp: told } = await (await cpuEngine()).lineUp({ ...task, payloads: given(), align: true });
  for (const [exposure, shift] of [[0, Math.hypot(12, 8)], [2, Math.hypot(14, 6)]] as const) {
    // As they were shot they are up to 1.5 pixels off.
    t.true(Math.abs((told?.[exposure]?.pixels ?? 0) - shift) < 2, `${told?.[exposure]?.pixels} px`);
  }
  t.deepEqual(told?.[1], { pixels: 0, map: undefined, reason: 'lines up' });
});

test('what tells nothing of where it lies is taken as it is, to the code', async (t) => {
  const layout = planeLayout('NV12', 320, 180);
  const flat = (code: number) => (payload: Uint8Array): Uint8Array => payload.map((_, at) => (at < layout.planes[1].offset ? code : 128));
  const task = taskOf(layout, (payload, exposure) => flat([20, 90, 200][exposure])(payload));
  const plain = await fuse({ ...task, payloads: task.payloads.map((payload) => payload.slice()) });
  t.deepEqual(await fuse({ ...task, align: true }), plain);
});

test('what is followed is lined up where it is seen, and taken as it is, to the code, where noise only seems to show it', async (t) => {
  const layout = planeLayout('I420', 320, 180);
  const expected = (x: number, y: number) => [turned(320, 180, 0, 1, x, y), undefined, turned(320, 180, 0, 1, -x, y)];
  const shifts = [[12, -8], [0, 0], [-22, 6]] as const;
  const given = (): FusionTask => taskOf(layout, (payload, exposure) => moved(payload, layout, shifts[exposure][0], shifts[exposure][1]));
  const engine = await cpuEngine();
  const { sights } = await engine.lineUp({ ...given(), follow: [turned(320, 180, 0, 1, 11, -7.5), undefined, turned(320, 180, 0, 1, -21, 7)] });
  for (const exposure of [0, 2]) {
    const sight = sights?.[exposure];
    if (sight?.kind !== 'seen') return t.fail(`${exposure}: ${sight?.kind}`);
    t.true(sight.helps);
    const [x, y] = [sight.map[2], sight.map[5]];
    t.true(Math.hypot(x - shifts[exposure][0], y - shifts[exposure][1]) < 0.6, `${x}, ${y}`);
  }
  t.is(sights?.[1], undefined);
  const night = (): FusionTask => taskOf(layout, (_, exposure) => noisy(new Uint8Array(layout.size).fill(40), 8, 5 + exposure));
  t.deepEqual(await fuse({ ...night(), follow: expected(3, 2) }), await fuse(night()));
});

test('what is wanted of the exposures is put aside as they came, and only that', async (t) => {
  const layout = planeLayout('NV12', 320, 180);
  const engine = await cpuEngine();
  const motions = [{ homography: turned(320, 180, 0, 1, 4, 0) }, undefined, undefined];
  const { aside, wanted } = await engine.lineUp({ ...taskOf(layout), motions, wanted: { most: 160, exposures: [true, false, false] } });
  t.is(wanted, undefined);
  t.deepEqual(aside?.map((one) => one && [one.width, one.height, one.factor]), [[160, 90, 2], [160, 90, 2], undefined]);
  const [code] = taskOf(layout).payloads[0];
  t.true(Math.abs((aside?.[0]?.luma[0] ?? 0) - ((code - 16) * 255) / 219) < 4);
});

test('without motions the picture is the same to the code, and so it is with the motion of nothing', async (t) => {
  const layout = planeLayout('NV12', 322, 181);
  const plain = await fuse(taskOf(layout));
  t.deepEqual(await fuse({ ...taskOf(layout), motions: undefined }), plain);
  t.deepEqual(await fuse({ ...taskOf(layout), motions: [undefined, undefined, undefined] }), plain);
  const still = { homography: [1, 0, 0, 0, 1, 0, 0, 0, 1] };
  t.deepEqual(await fuse({ ...taskOf(layout), motions: [still, still, { homography: [2, 0, 0, 0, 2, 0, 0, 0, 2] }] }), plain);
});

test('an exposure that covers nothing gives nothing, whatever it shows', async (t) => {
  const layout = planeLayout('I420', 160, 90);
  const motions = [undefined, undefined, { homography: turned(160, 90, 0, 1, 400, 0) }];
  const one = await fuse({ ...taskOf(layout), motions, weights: true });
  // All that is read of it is the right border.
  const other = await fuse({
    ...taskOf(layout, (payload, exposure) => (exposure === 2 ? payload.map((code, at) => (at < layout.planes[1].offset && at % 160 !== 159 ? 255 - code : code)) : payload)), motions,
  });
  t.deepEqual(one, other);
  const engine = await cpuEngine();
  const { weights } = await engine.fuse({ ...taskOf(layout), motions, weights: true });
  const cells = (weights?.columns ?? 0) * (weights?.rows ?? 0);
  t.true(weights?.values.subarray(2 * cells).every((share) => share === 0));
  t.true(weights?.values.subarray(0, cells).some((share) => share > 0));
});

test('five exposures that are turned and scaled come back to where they were', async (t) => {
  const layout = planeLayout('NV12', 321, 179);
  const engine = await cpuEngine();
  const straight = [0.2, 0.5, 1, 2, 4].map((gain) => lensPicture(layout, gain));
  const motions = straight.map((_, exposure): Motion => ({ homography: turned(321, 179, exposure - 2, 1 + 0.01 * exposure, 3.3 * exposure, 2.5) }));
  const away = motions.map((motion) => ({ homography: inverseOf(motion.homography) }));
  // Away and back again: of the reference neither.
  const task = { layout, range: 'full' as const, reference: 2, look: NOTHING };
  const { payloads } = await engine.lineUp({ ...task, payloads: straight.map((payload) => payload.slice()), motions: away });
  const back = await engine.lineUp({ ...task, payloads, motions });
  for (const [exposure, payload] of back.payloads.entries()) {
    const middle = psnr(crop(straight[exposure], layout), crop(payload, layout), CROPPED, ROWS);
    t.true(middle > 40, `exposure ${exposure}: ${middle} dB`);
  }
  t.is(back.covers?.[2], undefined);
  t.is(back.covers?.[4]?.length, 2 * 179);
  t.is(back.motions, undefined);
  await engine.fuse(back);
});

/** 160 x 60 luma pixels of the middle. */
function crop(payload: Uint8Array, { planes }: PlaneLayout): Uint8Array {
  const out = new Uint8Array(CROPPED.size);
  for (let row = 0; row < 60; row += 1) out.set(payload.subarray((60 + row) * planes[0].stride + 80, (60 + row) * planes[0].stride + 240), row * 160);
  return out;
}

/** Of a similarity. */
function inverseOf([a = 1, b = 0, c = 0, d = 0, e = 1, f = 0]: readonly number[]): number[] {
  const determinant = a * e - b * d;
  return [e / determinant, -b / determinant, (b * f - c * e) / determinant, -d / determinant, a / determinant, (c * d - a * f) / determinant, 0, 0, 1];
}

test('what is no motion is refused, and no payload is touched', async (t) => {
  const engine = await cpuEngine();
  const layout = planeLayout('I420', 64, 48);
  for (const [homography, message] of [
    [[1, 0, 0], /nine numbers/], [[1, 0, NaN, 0, 1, 0, 0, 0, 1], /nine numbers/], [[1, 0, 0, 0, 1, 0, -0.1, 0, 1], /infinity/],
    [turned(64, 48, 30, 1, 0, 0), /14 degrees/], [turned(64, 48, 0, 1.3, 0, 0), /14 degrees/],
  ] as const) {
    const task = taskOf(layout);
    const before = task.payloads.map((payload) => payload.slice());
    const motions = [{ homography: turned(64, 48, 0, 1, 4, 0) }, undefined, { homography: [...homography] }];
    await t.throwsAsync(engine.fuse({ ...task, motions }), { instanceOf: RangeError, message });
    t.deepEqual(task.payloads, before);
  }
  const field = new Float32Array(3);
  await t.throwsAsync(engine.fuse({ ...taskOf(layout), motions: [{ homography: turned(64, 48, 0, 1, 0, 0), field }] }), { message: /field has 96 numbers/ });
});
