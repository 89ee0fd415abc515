/** Exposures that do not coincide are lined up before their light is added, with all their bits. */
import test from 'ava';
import { from, lastValueFrom, toArray } from 'rxjs';
import { ipl, type ExposureSet, type Frame, type IplOptions } from '../../../plugin';
import { ProviderMerge } from '../../../plugin/ipl/gpu/provider-merge';
import { HdrEngine } from '../../../plugin/ipl/hdr/hdr-engine';
import { HdrScene } from '../../../plugin/ipl/hdr/hdr-scene';
import { merging } from '../../../plugin/ipl/pool/set-work';
import { blockSize } from '../../../plugin/ipl/network/slice-plan';
import { makeFrame } from '../../support/frames';
import { bracket, randomNumbers, type BracketSettings, type SceneLight } from './brackets';
import { sampleAt } from './reference';

const [WIDTH, HEIGHT] = [192, 112];
const NAMES = ['under', 'mid', 'over'];

/** Soft patches of six stops, dark and far above the reference's white. */
function patches(): SceneLight {
  const random = randomNumbers(5);
  const [columns, size] = [64, 9];
  const stops = Array.from({ length: columns * columns }, () => 6 * random() - 4.5);
  const at = (column: number, row: number): number => stops[(row & 63) * columns + (column & 63)] ?? 0;
  return (x, y) => {
    const [u, v] = [x / size + 20, y / size + 20];
    const [left, upper] = [Math.floor(u), Math.floor(v)];
    const [right, down] = [u - left, v - upper];
    const above = at(left, upper) * (1 - right) + at(left + 1, upper) * right;
    const below = at(left, upper + 1) * (1 - right) + at(left + 1, upper + 1) * right;
    const light = 2 ** (above * (1 - down) + below * down);
    return [light, light, light];
  };
}

const scene = patches();
/** Pixels by which each exposure has moved. */
const OFF = [[6.5, -3], [0, 0], [-5, 4.25]] as const;
const moved: SceneLight = (x, y, exposure) => scene(x + (OFF[exposure]?.[0] ?? 0), y + (OFF[exposure]?.[1] ?? 0), exposure);
const OPTIONS: IplOptions = { output: 'pq', ev: [-2, 0, 2], curve: 'srgb', threads: 1, onWarning: (): void => undefined };

function setOf(light: SceneLight, format: BracketSettings['format']): ExposureSet {
  const task = bracket({ format, width: WIDTH, height: HEIGHT, range: 'limited', ev: [-2, 0, 2], scene: (x, y, exposure) => light(x, y, exposure) });
  const capsText = `video/x-raw, format=(string)${format}, width=(int)${WIDTH}, height=(int)${HEIGHT}, framerate=(fraction)30/1, colorimetry=(string)bt709`;
  return { kind: 'exposures', frames: task.payloads.map((payload) => makeFrame(0, { capsText, payload })), branches: NAMES, origins: [] };
}

async function merged(light: SceneLight, format: BracketSettings['format'], options: IplOptions): Promise<Frame> {
  const [frame] = await lastValueFrom(from([setOf(light, format)]).pipe(ipl({ ...OPTIONS, ...options }), toArray()));
  if (!frame) throw new Error('There is no picture.');
  return frame;
}

/** Deviation of luma codes, inside. */
function apart(a: Frame, b: Frame): number {
  let [sum, count] = [0, 0];
  for (let y = 12; y < HEIGHT - 12; y += 1) {
    for (let x = 12; x < WIDTH - 12; x += 1) {
      sum += (sampleAt(a.payload, a.caps.layout, 0, x, y) - sampleAt(b.payload, b.caps.layout, 0, x, y)) ** 2;
      count += 1;
    }
  }
  return Math.sqrt(sum / count);
}

for (const format of ['I420_10LE', 'P010_10LE'] as const) {
  test(`a bracket that has moved comes near one that has not (${format})`, async (t) => {
    const still = await merged(scene, format, { align: 'off' });
    const asIs = apart(await merged(moved, format, { align: 'off' }), still);
    const frame = await merged(moved, format, { align: 'each' });
    t.true(apart(frame, still) < asIs / 4, `${apart(frame, still)} codes lined up, ${asIs} as they are`);
    t.true((frame.lineUp?.exposures ?? []).filter(({ homography }) => homography).length === 2);
  });
}

test('what an exposure does not cover says nothing: there the reference is alone', async (t) => {
  const engine = await HdrEngine.load();
  const make = () => bracket({ format: 'I420_10LE', width: WIDTH, height: HEIGHT, range: 'limited', ev: [-2, 0, 2], scene });
  const covered = new Int32Array(2 * HEIGHT);
  // Left half of the upper half.
  for (let y = 0; y < HEIGHT; y += 1) covered.set(y < HEIGHT / 2 ? [0, WIDTH / 2] : [0, 0], 2 * y);
  const run = (task: Parameters<HdrEngine['merge']>[0]): Uint8Array => engine.merge(task, HdrScene.allocate(), { wait: () => undefined, pass: () => undefined }).payload.slice();
  const { layout, payloads, ...rest } = make();
  const whole = run({ ...rest, layout, payloads: payloads.map((one) => one.slice()) });
  const partly = run({ ...rest, layout, payloads: payloads.map((one) => one.slice()), covers: [covered, undefined, covered] });
  const spoilt = payloads.map((payload, exposure) => {
    if (exposure === 1) return payload.slice();
    const copy = payload.slice();
    const samples = new Uint16Array(copy.buffer);
    // What lies outside of the cover is anything.
    for (let y = 0; y < HEIGHT; y += 1) for (let x = 0; x < WIDTH; x += 1) if (y >= HEIGHT / 2 || x >= WIDTH / 2) samples[y * WIDTH + x] = (x * y) % 900;
    return copy;
  });
  // Ratios are of samples that agree: those of the lower half do not.
  const other = run({ ...rest, layout, payloads: spoilt, covers: [covered, undefined, covered] });
  const at = (payload: Uint8Array, x: number, y: number): number => sampleAt(payload, layout, 0, x, y);
  let [changed, inside, outside] = [0, 0, 0];
  for (let y = 0; y < HEIGHT; y += 1) {
    for (let x = 0; x < WIDTH; x += 1) {
      const within = y < HEIGHT / 2 - 4 && x < WIDTH / 2 - 4;
      if (within) inside = Math.max(inside, Math.abs(at(whole, x, y) - at(partly, x, y)));
      if (y >= HEIGHT / 2 || x >= WIDTH / 2) {
        outside = Math.max(outside, Math.abs(at(other, x, y) - at(partly, x, y)));
        changed += Number(at(whole, x, y) !== at(partly, x, y));
      }
    }
  }
  t.is(inside, 0, 'what is covered counts');
  t.true(outside <= 1, `what is not does not: ${outside}`);
  t.true(changed > 500);
});

test('a motion may have a field, of the blocks that others have: what moves one exposure in parts comes back', async (t) => {
  const block = blockSize(WIDTH, HEIGHT);
  const { layout, payloads, reference, ...hdr } = bracket({ format: 'I420_10LE', width: WIDTH, height: HEIGHT, range: 'limited', ev: [-2, 0, 2], scene });
  const field = new Float32Array(2 * Math.ceil(WIDTH / block) * Math.ceil(HEIGHT / block));
  const work = merging(new ProviderMerge(await HdrEngine.load(), undefined, () => undefined));
  const turn = { wait: () => undefined, pass: () => undefined };
  const run = async (motions?: readonly ({ homography: readonly number[]; field: Float32Array } | undefined)[]): Promise<Uint8Array> => {
    const { payload } = await work.run({ payloads: payloads.map((one) => one.slice()), layout, reference, range: 'limited', hdr, motions }, HdrScene.allocate(), turn);
    return payload.slice();
  };
  const none = [1, 0, 0, 0, 1, 0, 0, 0, 1];
  t.deepEqual(await run([{ homography: none, field }, undefined, undefined]), await run());
});
