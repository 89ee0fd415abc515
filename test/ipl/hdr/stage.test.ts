/** `ipl` with `output: hlg | pq`: what comes out of the stage is the light that the exposures saw. */
import test from 'ava';
import { from, lastValueFrom, toArray } from 'rxjs';
import { GstIplError, ipl, type ExposureSet, type Frame, type IplOptions } from '../../../plugin';
import { NATURAL } from '../../../plugin/ipl/engine/look';
import { checkEv, hdrChoice, hdrOptions } from '../../../plugin/ipl/hdr-options';
import { withDefaults } from '../../../plugin/core/options';
import { parseVideoCaps } from '../../../plugin/core/frames/video-caps';
import { averageLight } from '../../../plugin/ipl/hdr/frame-light';
import { HLG_GAMMA, lightOfHlg, lightOfPq } from '../../../plugin/ipl/hdr/transfer';
import { makeFrame } from '../../support/frames';
import { bracket, type BracketSettings, type SceneLight } from './brackets';
import { sampleAt } from './reference';

const [WIDTH, HEIGHT] = [96, 64];
const NAMES = ['under', 'mid', 'over'];
const PQ: IplOptions = { output: 'pq', ev: [-2, 0, 2], curve: 'srgb', threads: 1, onWarning: (): void => undefined };

function setOf(settings: Partial<BracketSettings> & { scene: SceneLight }, time = 0, missing: readonly string[] = []): ExposureSet {
  const task = bracket({ format: 'I420_10LE', width: WIDTH, height: HEIGHT, range: 'limited', ev: [-2, 0, 2], ...settings });
  const capsText = `video/x-raw, format=(string)${task.layout.format}, width=(int)${WIDTH}, height=(int)${HEIGHT}, framerate=(fraction)30/1, colorimetry=(string)bt709, chroma-site=(string)mpeg2`;
  const frames = task.payloads.map((payload) => makeFrame(time, { capsText, payload }));
  const there = NAMES.map((name) => !missing.includes(name));
  return { kind: 'exposures', frames: frames.filter((_, index) => there[index]), branches: NAMES.filter((_, index) => there[index]), missing, origins: [] };
}

const mergeAll = (sets: readonly ExposureSet[], options = PQ): Promise<Frame[]> => lastValueFrom(from(sets).pipe(ipl(options), toArray()));

/** Codes of a pixel, 0 to 1. */
function codesAt({ payload, caps }: Frame, x: number, y: number): [luma: number, blue: number, red: number] {
  const at = (plane: number, column: number, row: number): number => sampleAt(payload, caps.layout, plane, column, row);
  return [(at(0, x, y) - 64) / 876, (at(1, x >> 1, y >> 1) - 512) / 896, (at(2, x >> 1, y >> 1) - 512) / 896];
}

/** Linear light of R, G, B in BT.2020, cd/m2, of a frame in PQ. */
function lightAt(frame: Frame, x: number, y: number): [number, number, number] {
  const [luma, blue, red] = codesAt(frame, x, y);
  const [r, b] = [luma + 1.4746 * red, luma + 1.8814 * blue];
  const g = (luma - 0.2627 * r - 0.0593 * b) / 0.678;
  return [r, g, b].map((code) => 10_000 * lightOfPq(code)) as [number, number, number];
}

/** u', v' of CIE 1976, of light in BT.2020. */
function chromaticity([r, g, b]: readonly [number, number, number]): [number, number] {
  const [x, y, z] = [0.636958 * r + 0.144617 * g + 0.168881 * b, 0.2627 * r + 0.677998 * g + 0.059302 * b, 0.028073 * g + 1.060985 * b];
  const sum = x + 15 * y + 3 * z;
  return [(4 * x) / sum, (9 * y) / sum];
}

/** Greys of twelve stops from left to right. */
const greys: SceneLight = (x) => {
  const light = 3.6 * 2 ** (-12 * (1 - x / (WIDTH - 1)));
  return [light, light, light];
};

test.serial('light comes out as it was: greys from a thousandth of white to nearly four times white, neutral', async (t) => {
  const [frame] = await mergeAll([setOf({ scene: greys })]);
  t.truthy(frame);
  if (!frame) return;
  for (let x = 8; x < WIDTH; x += 1) {
    const [light] = greys(x, 0, 0);
    const shown = lightAt(frame, x, 20);
    const luminance = 0.2627 * shown[0] + 0.678 * shown[1] + 0.0593 * shown[2];
    t.true(Math.abs(luminance / (203 * light) - 1) < (light > 0.02 ? 0.03 : 0.12), `${luminance} instead of ${203 * light} cd/m2`);
    if (light < 0.01) continue;
    const [u, v] = chromaticity(shown);
    t.true(Math.hypot(u - 0.19783, v - 0.46834) < 0.002, `u'v' ${u} ${v} at ${light}`);
  }
});

test.serial('a provider that does not work here is told of once, and the CPU merges', async (t) => {
  const warnings: string[] = [];
  const sets = (): ExposureSet[] => [setOf({ scene: greys }), setOf({ scene: greys }, 1)];
  const frames = await mergeAll(sets(), { ...PQ, provider: 'cuda', onWarning: (message) => warnings.push(message) });
  t.is(warnings.length, 1);
  t.regex(warnings[0] ?? '', /^Merging HDR on the CPU \(cuda: /);
  t.deepEqual(frames.map(({ payload }) => Buffer.from(payload)), (await mergeAll(sets())).map(({ payload }) => Buffer.from(payload)));
});

test.serial('white of the reference is at 58 % of PQ and 75 % of HLG', async (t) => {
  const white: SceneLight = () => [1, 1, 1];
  const [pq] = await mergeAll([setOf({ scene: white })]);
  const [hlg] = await mergeAll([setOf({ scene: white })], { ...PQ, output: 'hlg' });
  t.true(Math.abs((pq ? codesAt(pq, 8, 8)[0] : 0) - 0.581) < 0.004);
  t.true(Math.abs((hlg ? codesAt(hlg, 8, 8)[0] : 0) - 0.75) < 0.004);
  // The same light, on a screen of 1000 cd/m2.
  t.true(Math.abs(1000 * lightOfHlg(hlg ? codesAt(hlg, 8, 8)[0] : 0) ** HLG_GAMMA - 203) < 6);
});

test.serial('colours of lamps stay: what clips in one channel first turns neither magenta nor cyan', async (t) => {
  // A warm lamp, from dark to forty times white: all exposures clip at last.
  const lamp: SceneLight = (x) => {
    const light = 40 * 2 ** (-9 * (1 - x / (WIDTH - 1)));
    return [light, 0.62 * light, 0.3 * light];
  };
  const [frame] = await mergeAll([setOf({ scene: lamp })]);
  if (!frame) return t.fail();
  const matrix = [0.6274, 0.3293, 0.0433, 0.0691, 0.9195, 0.0114, 0.0164, 0.088, 0.8956];
  const own = [0, 3, 6].map((row) => (matrix[row] ?? 0) + 0.62 * (matrix[row + 1] ?? 0) + 0.3 * (matrix[row + 2] ?? 0)) as [number, number, number];
  const [u, v] = chromaticity(own);
  const [white, edge] = [[0.19783, 0.46834], [u - 0.19783, v - 0.46834]] as const;
  for (let x = 30; x < WIDTH; x += 1) {
    const [a, b] = chromaticity(lightAt(frame, x, 20));
    const [da, db] = [a - white[0], b - white[1]];
    // Beside the line from white to the lamp's own colour.
    const beside = Math.abs(da * edge[1] - db * edge[0]) / Math.hypot(...edge);
    t.true(beside < 0.008, `${x}: ${beside}`);
  }
  const [a, b] = chromaticity(lightAt(frame, WIDTH - 1, 20));
  t.true(Math.hypot(a - white[0], b - white[1]) < 0.002, 'its core is white');
});

test.serial('what moves is there once, in the place and the light of the reference', async (t) => {
  const still: SceneLight = (x, y) => {
    const light = 0.3 + 0.15 * Math.sin(x / 7) * Math.cos(y / 5);
    return [light, light, light];
  };
  const [alone] = await mergeAll([setOf({ scene: still })]);
  const moving: SceneLight = (x, y, exposure) => (x >= 20 + 16 * exposure && x < 36 + 16 * exposure && y >= 20 && y < 40 ? [0.05, 0.05, 0.05] : still(x, y, exposure));
  const [frame] = await mergeAll([setOf({ scene: moving })]);
  if (!frame || !alone) return t.fail();
  for (let y = 10; y < 50; y += 1) {
    for (let x = 10; x < 80; x += 1) {
      const inside = x >= 36 && x < 52 && y >= 20 && y < 40;
      const wanted = inside ? 203 * 0.05 : lightAt(alone, x, y)[1];
      t.true(Math.abs(lightAt(frame, x, y)[1] / wanted - 1) < 0.03, `${x},${y}: ${lightAt(frame, x, y)[1]} instead of ${wanted}`);
    }
  }
});

test.serial('a smooth sky of 10 bits has no bands: no step is more than a code beyond the true one', async (t) => {
  const sky: SceneLight = (x) => {
    const light = 0.4 + 0.05 * (x / WIDTH);
    return [0.8 * light, 0.9 * light, light];
  };
  const [frame] = await mergeAll([setOf({ scene: sky })]);
  if (!frame) return t.fail();
  const row = Array.from({ length: WIDTH }, (_, x) => sampleAt(frame.payload, frame.caps.layout, 0, x, 20));
  const steps = row.slice(1).map((code, index) => code - (row[index] ?? 0));
  const mean = ((row.at(-1) ?? 0) - (row[0] ?? 0)) / (WIDTH - 1);
  t.true(steps.every((step) => step >= Math.floor(mean) - 1 && step <= Math.ceil(mean) + 1), steps.join(' '));
});

test.serial('exposure times are measured; sets that lack exposures are as bright as whole ones', async (t) => {
  const times = [2 ** -2.2, 1, 2 ** 1.85];
  const scene: SceneLight = (x, y) => {
    const light = 2 ** (-4 + 1.4 * Math.sin(x / 15 + y / 9));
    return [light, light, light];
  };
  const wholes = [0, 33, 66].map((time) => setOf({ scene, times }, time));
  const lacking = [setOf({ scene, times }, 100, ['mid']), setOf({ scene, times }, 133, ['mid', 'under']), setOf({ scene, times }, 166, ['over'])];
  const frames = await mergeAll([...wholes, ...lacking]);
  t.is(frames.length, 6);
  const middle = frames.map((frame) => lightAt(frame, 60, 30)[1] / (203 * scene(60, 30, 0)[1]));
  t.true(middle.every((ratio) => Math.abs(ratio - 1) < 0.02), middle.join(' '));
  t.true(frames.every(({ caps }) => caps === frames[0]?.caps), 'caps stay');
});

test.serial('two threads give the pictures of one, in order: what is measured is handed on in turns', async (t) => {
  const scene: SceneLight = (x, y) => {
    const light = 2 ** (-4 + 1.4 * Math.sin(x / 15 + y / 9));
    return [light, 0.8 * light, light];
  };
  // The camera changes its exposure: each picture has other ratios.
  const sets = (): ExposureSet[] => [0, 1, 2, 3, 4, 5].map((index) => setOf({ scene, times: [2 ** (-2 - index / 40), 1, 2 ** (2 + index / 50)], noise: index }, 33 * index));
  const [one, two] = [await mergeAll(sets()), await mergeAll(sets(), { ...PQ, threads: 2 })];
  t.is(two.length, 6);
  t.deepEqual(two.map(({ runningTime }) => runningTime), one.map(({ runningTime }) => runningTime));
  for (const [index, frame] of two.entries()) t.deepEqual(frame.payload, one[index]?.payload, String(index));
});

test.serial('caps say what it is; time, size, rate and chroma siting are those of the reference', async (t) => {
  const [pq] = await mergeAll([setOf({ scene: greys }, 40)], { ...PQ, peak: 800 });
  const [hlg] = await mergeAll([setOf({ scene: greys, format: 'NV12' }, 40)], { ...PQ, output: 'hlg' });
  t.is(pq?.runningTime, 40_000_000n);
  t.is(pq?.payload.length, pq?.caps.layout.size);
  t.is(hlg?.payload.length, pq?.payload.length);
  t.regex(pq?.caps.text ?? '', /^video\/x-raw, width=\(int\)96, height=\(int\)64, framerate=\(fraction\)30\/1, chroma-site=\(string\)mpeg2, format=\(string\)I420_10LE, colorimetry=\(string\)bt2100-pq, mastering-display-info=\(string\)35400:14600:8500:39850:6550:2300:15635:16450:8000000:1, content-light-level=\(string\)800:0$/);
  t.regex(hlg?.caps.text ?? '', /colorimetry=\(string\)bt2100-hlg$/);
});

test.serial('MaxFALL is what was declared, and what frames have is measured; more than was declared is told once', async (t) => {
  // 10 cd/m2, and a window of 500 in a quarter of the second picture.
  const dim: SceneLight = () => [10 / 203, 10 / 203, 10 / 203];
  const window: SceneLight = (x, y) => (x < WIDTH / 2 && y < HEIGHT / 2 ? [500 / 203, 400 / 203, 300 / 203] : [10 / 203, 10 / 203, 10 / 203]);
  const warnings: string[] = [];
  const sets = [setOf({ scene: dim }), setOf({ scene: window }, 33), setOf({ scene: window }, 66), setOf({ scene: dim }, 100)];
  const frames = await mergeAll(sets, { ...PQ, maxFall: 100, onWarning: (message) => warnings.push(message) });
  t.regex(frames[0]?.caps.text ?? '', /content-light-level=\(string\)1000:100$/);
  const light = frames.map(({ payload, caps: { layout } }) => averageLight(payload, layout));
  // In BT.2020 red of BT.709 is 0.82 of red: the window has 460 to 500.
  const [low, high] = [(3 * 10 + 440) / 4, (3 * 10 + 500) / 4];
  t.true(light.every((each, index) => (index % 3 === 0 ? Math.abs(each - 10) < 0.3 : each > low && each < high)), light.join(' '));
  t.is(warnings.length, 1);
  t.regex(warnings[0] ?? '', /^The frame at 0\.033 s has 12\d cd\/m2 of light on average, and "maxFall" says 100 at most\.$/);
});

test.serial('8 bits, and a transfer that contradicts the curve, are told once', async (t) => {
  const warnings: string[] = [];
  const set = setOf({ scene: greys });
  const hlg = parseVideoCaps((set.frames[0]?.caps.text ?? '').replace('bt709', 'bt2100-hlg'));
  const said = { ...set, frames: set.frames.map((frame) => ({ ...frame, caps: hlg })) };
  await mergeAll([said, setOf({ scene: greys }, 33)], { ...PQ, onWarning: (message) => warnings.push(message) });
  t.deepEqual(warnings, ['The exposures say that their transfer is HLG, and "curve" is srgb: that is believed.']);
});

test('what does not go together is a sentence', (t) => {
  const all = { order: 'auto', ...NATURAL, provider: 'auto' } as const;
  const refused = (given: object): string => {
    const { ev, ...rest } = withDefaults(hdrOptions, Object.fromEntries(Object.entries(given).filter(([name]) => name in hdrOptions)));
    return t.throws(() => hdrChoice({ ...rest, ev, ...all, ...given }), { instanceOf: GstIplError }).message;
  };
  t.is(refused({ output: 'hlg', curve: 'srgb' }), 'hlg is merged by exposure, and "ev" is missing.');
  t.is(refused({ output: 'pq', ev: [0, 1] }), 'pq is merged by light, and "curve" is missing.');
  t.is(refused({ ev: [0, 1] }), '"ev" is for HDR, and the output is sdr.');
  t.is(refused({ curve: 'srgb' }), '"curve" is for HDR, and the output is sdr.');
  t.is(refused({ output: 'hlg', ev: [0, 1], curve: 'srgb', peak: 2000 }), 'hlg shows 1000 cd/m2 at most here, and "peak" is 2000.');
  t.is(refused({ output: 'hlg', ev: [0, 1], curve: 'srgb', saturation: 1.2 }), '"saturation" is for SDR: HDR shows all light as it was.');
  t.is(refused({ output: 'hlg', ev: [0, 1], curve: 'srgb', maxFall: 200 }), '"maxFall" is for PQ, and the output is hlg.');
  t.is(refused({ output: 'pq', ev: [0, 1], curve: 'srgb', peak: 600, maxFall: 700 }), 'No frame has more light on average than at its brightest: "maxFall" is 700, and "peak" is 600.');
  const choice = hdrChoice({ ...withDefaults(hdrOptions, { output: 'hlg', ev: [-2, 0, 2], curve: 'srgb' }), ...all });
  if (!choice) return t.fail();
  t.throws(() => checkEv(choice, { branches: ['a', 'b'] }), { message: '"ev" has 3 numbers, and there are 2 exposures: a, b.' });
  t.throws(() => withDefaults(hdrOptions, { ev: [1, 1] }), { message: /expected a list of two to five different EV/ });
});
