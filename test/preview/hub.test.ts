/** Pictures for viewers: the newest, at most so many, only while somebody looks, and as they are. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { firstValueFrom } from 'rxjs';
import { launch, source } from '../../plugin';
import { packPictures, picturesOf } from '../../plugin/preview/picture-packet';
import { PictureHub } from '../../plugin/preview/picture-hub';
import { temporaryFolder } from '../support/folder';
import { grey } from '../support/preview-server';

const SETTINGS = { streams: ['fused', 'under', 'over'], width: 640, rate: 1_000 };

/** Mean luma in full range, as a decoder that is not ours sees it. */
async function lumaOf(file: Buffer | undefined): Promise<{ luma: number; width: number; height: number }> {
  const name = path.join(temporaryFolder(), 'picture');
  writeFileSync(name, file ?? '');
  const frame = await firstValueFrom(source(launch`filesrc location=${name} ! decodebin ! videoconvert ! video/x-raw,format=I420,colorimetry=(string)1:4:7:1`));
  const { width, height, layout } = frame.caps;
  const samples = frame.payload.subarray(0, (layout.planes[0]?.stride ?? 0) * height);
  return { luma: samples.reduce((sum, value) => sum + value, 0) / samples.length, width, height };
}

test('a viewer gets the newest picture that it has not seen, with the exposures nearest in time', async (t) => {
  const hub = new PictureHub(SETTINGS);
  const waiting = hub.next(0);
  for (const [time, luma] of [[0, 40], [40, 50], [80, 60], [120, 70]] as const) {
    hub.offer(1, grey(luma, time));
    hub.offer(2, grey(luma + 100, time + 3));
  }
  hub.offer(0, grey(100, 80));
  const first = await waiting;
  t.is(first?.sequence, 1);
  t.deepEqual(first?.frames.map((frame) => Number(frame?.runningTime) / 1e6), [80, 80, 83]);
  // It was slow: three pictures came, and the last one counts.
  await new Promise((resolve) => setTimeout(resolve, 5));
  for (const time of [120, 160, 200]) hub.offer(0, grey(110, time));
  t.is((await hub.next(1))?.runningTime, 200_000_000n);
  t.is((await hub.next(1))?.runningTime, 200_000_000n, 'A second viewer gets the same.');
  await hub.close();
});

test('without a viewer one picture a stream is kept, and nothing is encoded', async (t) => {
  const hub = new PictureHub(SETTINGS);
  for (let time = 0; time < 400; time += 40) {
    hub.offer(1, grey(40, time));
    hub.offer(0, grey(60, time));
  }
  const capture = await hub.next(0);
  t.is(capture?.runningTime, 360_000_000n);
  t.is(capture?.frames[1]?.runningTime, 360_000_000n);
  t.is(capture?.frames[2], undefined);
  await hub.close();
});

test('no viewer gets more pictures than the rate', async (t) => {
  const hub = new PictureHub({ ...SETTINGS, rate: 4 });
  let time = 0;
  const timer = setInterval(() => hub.offer(0, grey(60, (time += 10))), 10);
  const began = performance.now();
  for (let sequence = 0; sequence < 4; sequence += 1) t.is((await hub.next(sequence))?.sequence, sequence + 1);
  clearInterval(timer);
  // Three pauses of 250 ms; a timer of Node may come a millisecond early.
  t.true(performance.now() - began > 740);
  await hub.close();
});

test('a viewer who is gone makes room for another', async (t) => {
  const hub = new PictureHub(SETTINGS);
  const viewers = Array.from({ length: 32 }, () => new AbortController());
  const waiting = viewers.map(({ signal }) => hub.next(0, signal));
  t.true(hub.busy);
  t.is(await hub.next(0), undefined);
  for (const viewer of viewers) viewer.abort();
  await Promise.all(waiting);
  t.false(hub.busy);
  await hub.close();
});

test('those who wait are freed when the preview ends', async (t) => {
  const hub = new PictureHub(SETTINGS);
  const waiting = hub.next(0);
  await hub.close();
  t.is(await waiting, undefined);
  t.is(await hub.next(0), undefined);
});

// Without the conversion to full range black would be 16 and white 235.
test('black is black and white is white, no larger than asked for; a still has every pixel', async (t) => {
  const hub = new PictureHub({ ...SETTINGS, width: 160 });
  for (const [luma, expected] of [[16, 0], [126, 128], [235, 255]] as const) {
    hub.offer(0, grey(luma, luma, { width: 320, height: 180 }));
    await new Promise((resolve) => setTimeout(resolve, 5));
    const capture = await hub.next(0);
    if (!capture) return t.fail('No picture.');
    const picture = await lumaOf(await hub.jpeg(capture, 0));
    t.true(Math.abs(picture.luma - expected) < 5, `${picture.luma} for ${expected}`);
    t.deepEqual([picture.width, picture.height], [160, 90]);
    const still = await hub.still();
    t.is(still?.file.subarray(1, 4).toString(), 'PNG');
    const whole = await lumaOf(still?.file);
    t.deepEqual([whole.width, whole.height], [320, 180]);
    t.true(Math.abs(whole.luma - expected) < 5, `${whole.luma} for ${expected}`);
  }
  await hub.close();
});

test('pictures may change their size; what is packed can be taken apart', async (t) => {
  const hub = new PictureHub(SETTINGS);
  const weightMap = { columns: 2, rows: 1, exposures: ['under', 'over'], values: Uint8Array.of(255, 0, 0, 255) };
  for (const [index, width] of [64, 128, 96].entries()) {
    hub.offer(1, grey(40, index * 40 + 8, { width }));
    hub.offer(0, grey(60, index * 40, { width, weightMap }));
    await new Promise((resolve) => setTimeout(resolve, 5));
    const capture = await hub.next(index);
    if (!capture) return t.fail('No picture.');
    const bytes = Buffer.from(packPictures(await picturesOf(hub, capture, [0, 1, 2]), [0, 1, 2]));
    const head = JSON.parse(bytes.subarray(4, 4 + bytes.readUInt32BE()).toString()) as { pictures: { stream: number; bytes: number; offset: number }[]; weights: object };
    t.deepEqual(head.pictures.map(({ stream, offset }) => [stream, offset]), [[0, 0], [1, 8]]);
    const begin = 4 + bytes.readUInt32BE();
    t.is((await lumaOf(bytes.subarray(begin, begin + (head.pictures[0]?.bytes ?? 0)))).width, width);
    t.deepEqual([...bytes.subarray(-4)], [255, 0, 0, 255]);
  }
  await hub.close();
});
