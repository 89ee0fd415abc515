/** The fusion to SDR of pictures of 10 bits: with all of them, from the cameras to what is written. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { from, lastValueFrom, toArray } from 'rxjs';
import { ipl, type ExposureSet, type Frame, type IplOptions } from '../../plugin';
import { planeLayout, type PixelFormat } from '../../plugin/core/frames/video-layout';
import { inEightBits } from '../../plugin/ipl/eight-bits';
import { temporaryFolder } from '../support/folder';
import { makeFrame } from '../support/frames';
import { load, runToEnd } from '../support/run-graph';
import { bracket, randomNumbers, type SceneLight } from './hdr/brackets';
import { sampleAt } from './hdr/reference';

const [WIDTH, HEIGHT] = [256, 96];
const NAMES = ['under', 'mid', 'over'];
const EV = [-2, 0, 2];

/** A clear sky, brighter to the right: between two pixels it differs by less than a code of 10 bits. */
const sky: SceneLight = (x) => {
  const light = 0.15 + 0.12 * (x / WIDTH);
  return [0.8 * light, 0.9 * light, light];
};

/** Soft patches of six stops. */
const random = randomNumbers(5);
const stops = Array.from({ length: 64 * 64 }, () => 6 * random() - 4.5);
const patches: SceneLight = (x, y) => {
  const [u, v] = [x / 11, y / 11];
  const [left, upper, right, down] = [Math.floor(u), Math.floor(v), u % 1, v % 1];
  const at = (column: number, row: number): number => stops[(row & 63) * 64 + (column & 63)] ?? 0;
  const mix = (row: number): number => at(left, row) * (1 - right) + at(left + 1, row) * right;
  const light = 2 ** (mix(upper) * (1 - down) + mix(upper + 1) * down);
  return [light, 0.9 * light, 0.7 * light];
};

const moved: SceneLight = (x, y, exposure) => patches(x + [6.5, 0, -5][exposure], y + [-3, 0, 4.25][exposure], exposure);

/** Made once: it takes longer than a fusion. */
const made = new Map<string, readonly Uint8Array[]>();

interface Given {
  readonly noise?: number;
  readonly missing?: readonly string[];
  readonly time?: number;
}

function setOf(scene: SceneLight, format: PixelFormat, { noise = 0, missing = [], time = 0 }: Given = {}): ExposureSet {
  const key = `${[sky, patches, moved].indexOf(scene)} ${format} ${noise}`;
  const payloads = (made.get(key) ?? bracket({ format, width: WIDTH, height: HEIGHT, range: 'limited', ev: EV, scene, noise }).payloads).map((payload) => payload.slice());
  made.set(key, payloads.map((payload) => payload.slice()));
  const capsText = `video/x-raw, format=(string)${format}, width=(int)${WIDTH}, height=(int)${HEIGHT}, framerate=(fraction)30/1, colorimetry=(string)bt709`;
  const there = NAMES.map((name) => !missing.includes(name));
  const frames = payloads.map((payload) => makeFrame(time, { capsText, payload })).filter((_, index) => there[index]);
  return { kind: 'exposures', frames, branches: NAMES.filter((_, index) => there[index]), missing, origins: [] };
}

const fuse = (sets: readonly ExposureSet[], options: IplOptions = {}): Promise<Frame[]> =>
  lastValueFrom(from(sets).pipe(ipl({ threads: 1, align: 'off', queue: { capacity: 64, policy: 'block' }, onWarning: () => undefined, ...options }), toArray()));

/** Luma and chroma in codes of 8 bits. */
function* codesOf({ payload, caps: { layout } }: Frame): Generator<number> {
  const fine = layout.format.endsWith('_10LE') ? 4 : 1;
  for (const plane of [0, 1, 2]) {
    const scale = plane === 0 ? 1 : 2;
    for (let y = 0; y < HEIGHT / scale; y += 1) for (let x = 0; x < WIDTH / scale; x += 1) yield sampleAt(payload, layout, plane, x, y) / fine;
  }
}

/** By how much two pictures differ, in codes of 8 bits. */
function apart(a: Frame, b: Frame): { most: number; mean: number } {
  const others = codesOf(b);
  let [most, sum, count] = [0, 0, 0];
  for (const code of codesOf(a)) {
    const difference = Math.abs(code - Number(others.next().value));
    most = Math.max(most, difference);
    sum += difference;
    count += 1;
  }
  return { most, mean: sum / count };
}

/** Steps of a row of luma, in codes of 10 bits. */
const rowOf = (payload: Uint8Array, format: PixelFormat): number[] => {
  const layout = planeLayout(format, WIDTH, HEIGHT);
  return Array.from({ length: WIDTH }, (_, x) => sampleAt(payload, layout, 0, x, 40));
};
const stepsOf = (row: readonly number[]): number[] => row.slice(1).map((code, index) => code - (row[index] ?? 0));

for (const format of ['I420_10LE', 'P010_10LE'] as const) {
  test.serial(`${format} comes out as it came: what 8 bits give, and finer`, async (t) => {
    const [ten] = await fuse([setOf(patches, format)]);
    const [eight] = await fuse([inEightBits(setOf(patches, format))]);
    if (!ten || !eight) return t.fail();
    t.is(ten.caps.text, setOf(patches, format).frames[1]?.caps.text);
    t.is(ten.payload.length, planeLayout(format, WIDTH, HEIGHT).size);
    const { most, mean } = apart(ten, eight);
    t.true(most < 3 && mean < 0.5, `${most}, ${mean}`);
    t.true(mean > 0.1, 'and not just what 8 bits give');
  });
}

test.serial('noise is reduced as in 8 bits; sets that lack exposures keep the look; exposures are lined up', async (t) => {
  const noisy = (): ExposureSet => setOf(patches, 'I420_10LE', { noise: 5 });
  const [ten] = await fuse([noisy()]);
  const [eight] = await fuse([inEightBits(noisy())]);
  const [plain] = await fuse([noisy()], { controls: { denoise: 0 } });
  t.true(apart(ten, eight).mean < 0.6 && apart(ten, plain).mean > 2 * apart(ten, eight).mean, `${apart(ten, eight).mean}, ${apart(ten, plain).mean}`);

  const looks = (reduce: (set: ExposureSet) => ExposureSet): Promise<Frame[]> => fuse([
    setOf(patches, 'P010_10LE', { missing: [] }), setOf(patches, 'P010_10LE', { missing: ['over'], time: 33 }), setOf(patches, 'P010_10LE', { missing: ['under', 'over'], time: 66 }),
  ].map(reduce));
  const [deep, low] = [await looks((set) => set), await looks(inEightBits)];
  t.deepEqual(deep.map(({ caps }) => caps.layout.format), ['P010_10LE', 'P010_10LE', 'P010_10LE']);
  for (const [index, frame] of deep.entries()) t.true(apart(frame, low[index]).mean < 0.8, `${index}: ${apart(frame, low[index]).mean}`);

  const [still, asIs, linedUp] = [await fuse([setOf(patches, 'I420_10LE')]), await fuse([setOf(moved, 'I420_10LE')]), await fuse([setOf(moved, 'I420_10LE')], { align: 'each' })];
  t.true(apart(linedUp[0], still[0]).mean < apart(asIs[0], still[0]).mean / 2, `${apart(linedUp[0], still[0]).mean}, ${apart(asIs[0], still[0]).mean}`);
});

test.serial('a sky of 10 bits has no bands: no step is more than a code of 10 bits beyond the true one, through a graph', async (t) => {
  const folder = temporaryFolder();
  const set = setOf(sky, 'I420_10LE');
  const nodes = NAMES.map((name, index) => {
    const file = path.join(folder, `${name}.yuv`);
    writeFileSync(file, Buffer.concat([0, 1, 2].map(() => set.frames[index].payload)));
    // A camera of 4:2:2, as SDI and NDI have it: it is converted in front.
    const camera = index === 2 ? ' ! videoconvert ! video/x-raw,format=v210' : '';
    return `  ${name}: { use: source, launch: "filesrc location=${file} ! rawvideoparse format=i420-10le width=${WIDTH} height=${HEIGHT} framerate=10/1 colorimetry=bt709${camera}" }\n`;
  });
  const graph = `nodes:\n${nodes.join('')}  set: { use: sync, from: [under, mid, over] }\n  fused: { use: ipl, from: set, threads: 1 }
  raw: { use: sink, from: fused, launch: "video/x-raw,format=I420_10LE ! filesink location=${folder}/out.yuv" }
  file: { use: record, from: fused, to: ${folder}/out, codec: h265, queue: block }\n`;
  const { error, warnings } = await runToEnd(await load(graph));
  t.deepEqual([error?.describe(), warnings], [undefined, []]);
  const { size } = planeLayout('I420_10LE', WIDTH, HEIGHT);
  const written = readFileSync(path.join(folder, 'out.yuv'));
  t.is(written.length, 3 * size);
  const row = rowOf(written.subarray(2 * size), 'I420_10LE');
  const mean = ((row.at(-1) ?? 0) - (row[0] ?? 0)) / (WIDTH - 1);
  const steps = stepsOf(row);
  t.true(mean > 0.2 && steps.every((step) => step >= Math.floor(mean) - 1 && step <= Math.ceil(mean) + 1), steps.join(' '));
  // Those of 8 bits have every fourth code, and nothing between.
  t.true(new Set(row).size > 0.9 * ((row.at(-1) ?? 0) - (row[0] ?? 0)), String(new Set(row).size));
  const recorded = path.join(folder, 'out', readdirSync(path.join(folder, 'out'))[0] ?? '');
  const told = execFileSync('ffprobe', ['-v', 'error', '-show_entries', 'stream=profile,pix_fmt,color_transfer', '-of', 'csv=p=0', recorded], { encoding: 'utf8' });
  t.is(told.trim(), 'Main 10,yuv420p10le,bt709');
});

test('10 bits are fused where somebody wants them, and nowhere else', async (t) => {
  const wanted = async (outputs: string): Promise<boolean[]> => {
    const sources = NAMES.map((name) => `  ${name}: { use: source, launch: videotestsrc }\n`).join('');
    const { plan } = await load(`nodes:\n${sources}  set: { use: sync, from: [under, mid, over] }\n  fused: { use: ipl, from: set }\n${outputs}`);
    return ['under', 'set', 'fused'].map((name) => plan.tenBits.has(name));
  };
  const [hdr, h264, page] = ['  a: { use: record, from: fused, to: /tmp/a, codec: h265 }\n', '  b: { use: record, from: fused, to: /tmp/b }\n', '  p: { use: preview, from: fused, listen: 0 }\n'];
  t.deepEqual(await wanted(hdr), [true, true, true]);
  t.deepEqual(await wanted(h264 + page), [false, false, false]);
  t.deepEqual(await wanted(h264 + hdr + page), [true, true, true]);
});

test('a set of 8 and 10 bits is fused in 8', async (t) => {
  const ten = setOf(patches, 'I420_10LE');
  const [frame] = await fuse([{ ...ten, frames: [ten.frames[0], inEightBits(setOf(patches, 'I420_10LE')).frames[1], ten.frames[2]] }]);
  t.is(frame?.caps.layout.format, 'I420');
});
