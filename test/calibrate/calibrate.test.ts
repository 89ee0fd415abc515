/** A rig from its films to a fused picture, by the command; and all that a user can do wrong with one. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { parseVideoCaps } from '../../plugin/core/frames/video-caps';
import { distance, type Homography } from '../../plugin/ipl/kernels/homography';
import type { Rig } from '../../plugin/ipl/rig';
import { MovingBracket } from '../ipl/moving';
import { runCommand, type Finished } from '../support/command';
import { temporaryFolder } from '../support/folder';
import { readRecording } from '../support/media';
import { stands, writeFilms } from '../support/rig';

const SIZE = { width: 640, height: 360 };
const scene = MovingBracket.load(1280, 852, SIZE.width, SIZE.height);
const UNDER = stands(SIZE, 0.5, 12, -5, 1.01);
const OVER = stands(SIZE, -0.3, -8, 3, 0.995);
const root = temporaryFolder();

interface Place {
  readonly folder: string;
  readonly graph: string;
  readonly file: (name: string) => string;
  readonly calibrate: (...more: string[]) => Promise<Finished>;
}

/** A folder with films and a graph that fuses them. @param maps of its pictures */
async function place(name: string, maps: readonly (readonly (Homography | undefined)[])[], { fused = '', more = '', noise = 1 } = {}): Promise<Place> {
  const folder = path.join(root, name);
  mkdirSync(folder);
  const file = (own: string): string => path.join(folder, own);
  const films = writeFilms(folder, await scene, maps, noise);
  // A parameter without a value belongs to the output: to calibrate nobody has to give one.
  const sink = '  file: { use: sink, from: fused, launch: "gdppay ! filesink location=${out}" }';
  writeFileSync(file('graph.yaml'), `params: { out: }\nnodes:\n${films}\n  set: { use: sync, from: [under, mid, over] }\n  fused: { use: ipl, from: set, provider: cpu${fused} }\n${sink}\n${more}`);
  return { folder, graph: file('graph.yaml'), file, calibrate: (...rest) => runCommand('calibrate', file('graph.yaml'), '-o', file('rig.json'), ...rest) };
}

const rigOf = ({ file }: Place): Rig => JSON.parse(readFileSync(file('rig.json'), 'utf8')) as Rig;
const standing = (count: number): (Homography | undefined)[][] => Array.from({ length: count }, () => [UNDER, undefined, OVER]);

/** Luma of the first picture that a graph gives. */
async function firstOf(t: ExecutionContext, { graph, file }: Place): Promise<{ luma: Uint8Array; stderr: string }> {
  const { code, stderr } = await runCommand('run', graph, '--set', `out=${file('fused.gdp')}`);
  t.is(code, 0, stderr);
  const { caps, frames } = readRecording(file('fused.gdp'));
  const { stride, height } = parseVideoCaps(caps[0] ?? '').layout.planes[0] as { stride: number; height: number };
  return { luma: new Uint8Array((frames[0]?.payload ?? Buffer.alloc(0)).subarray(0, stride * height)), stderr };
}

/** PSNR, a border left out. */
function likeness(a: Uint8Array, b: Uint8Array): number {
  let [sum, count] = [0, 0];
  for (let y = 40; y < SIZE.height - 40; y += 1) for (let x = 40; x < SIZE.width - 40; x += 1, count += 1) sum += ((a[y * SIZE.width + x] ?? 0) - (b[y * SIZE.width + x] ?? 0)) ** 2;
  return 10 * Math.log10((255 * 255 * count) / Math.max(sum, 1e-9));
}

test.serial('a rig is calibrated, told, pictured, and fused by from the first picture on', async (t) => {
  const rig = await place('rig', standing(8), { fused: ', rig: rig.json' });
  // The graph names a rig that is not there yet.
  const { code, stdout, stderr } = await rig.calibrate();
  t.is(code, 0, stderr);
  const { branches, ...head } = rigOf(rig);
  t.deepEqual(head, { kind: 'gst-ipl rig', version: 1, ...SIZE, reference: 'mid', pictures: 8 });
  t.deepEqual(Object.keys(branches), ['under', 'over']);
  for (const [name, truth] of [['under', UNDER], ['over', OVER]] as const) {
    const { homography = [], residual, spread = 9, confidence, agreement } = branches[name] ?? {};
    const off = distance(homography, truth, SIZE.width, SIZE.height);
    t.log(`${name}: ${off.toFixed(3)} pixels off at the corners`, residual, spread, confidence, agreement);
    t.true(off < 0.3, `${name} is ${off} pixels off`);
    t.true((residual?.median ?? 9) < 0.4 && spread < 0.3);
    t.is(confidence, 1);
    t.true((agreement?.with ?? 0) > (agreement?.without ?? 1) + 0.3);
  }
  t.regex(stdout, /^branch +shift, pixels +rotation +scale +residual, pixels \(95 %\) +confidence +agreement\n/);
  t.regex(stdout, /\nunder +\+1[12]\.\d, -[45]\.\d +\+0\.(49|5\d)° +1\.0(09|10)\d/);
  t.regex(stdout, /\nmid +the reference\n/);
  t.false(stdout.includes('In the graph'), 'It says so already.');
  const picture = readFileSync(rig.file('rig.png'));
  t.is(picture.subarray(1, 4).toString(), 'PNG');
  t.true(picture.readUInt32BE(16) > 2 * SIZE.width && picture.readUInt32BE(20) > 2 * SIZE.height);
  t.false(existsSync(rig.file('fused.gdp')), 'Outputs are left alone.');

  const byRig = await firstOf(t, rig);
  t.regex(byRig.stderr, /Lined up: under by up to 1\d\.\d pixels; over by up to \d+\.\d pixels/);
  const asTheyCome = await place('as-they-come', standing(2), { fused: ', align: off' });
  const straight = await place('straight', [[], []], { fused: ', align: off' });
  const [asIs, truth] = [await firstOf(t, asTheyCome), await firstOf(t, straight)];
  const [before, after] = [likeness(truth.luma, asIs.luma), likeness(truth.luma, byRig.luma)];
  t.log(`${before.toFixed(1)} dB as they come, ${after.toFixed(1)} dB by the rig`);
  t.true(after > before + 5, `${before} dB as they come, ${after} dB by the rig`);
});

test.serial('a camera that is knocked while it is calibrated gives no rig, and what was there stays', async (t) => {
  const rig = await place('knocked', [...standing(4), ...Array.from({ length: 4 }, () => [stands(SIZE, 0.5, 19, -5, 1.01), undefined, OVER])]);
  writeFileSync(rig.file('rig.json'), 'the one before');
  const { code, stderr } = await rig.calibrate();
  t.is(code, 1, stderr);
  t.regex(stderr, /"under" was found in places up to \d+\.\d pixels apart: it moves against "mid", or something large passed in front of them\.\n {4}Fasten the cameras/);
  t.is(readFileSync(rig.file('rig.json'), 'utf8'), 'the one before');
});

test.serial('one picture is too few for a rig', async (t) => {
  const rig = await place('few', standing(1));
  const { code, stderr } = await rig.calibrate();
  t.is(code, 1, stderr);
  t.regex(stderr, /Only one whole set of exposures was looked at: a rig needs 3 pictures at least, half a second apart\.\n {4}Let the cameras run/);
  t.false(existsSync(rig.file('rig.json')));
});

test.serial('a scene that shows nothing gives no rig, and says why', async (t) => {
  const folder = path.join(root, 'wall');
  mkdirSync(folder);
  const wall = (name: string): string => `  ${name}: { use: source, launch: "videotestsrc num-buffers=3 pattern=solid-color foreground-color=0xff808080 ! video/x-raw,width=640,height=360,framerate=2/1" }`;
  writeFileSync(path.join(folder, 'graph.yaml'), `nodes:\n${['a', 'b'].map(wall).join('\n')}\n  set: { use: sync, from: [a, b] }\n  fused: { use: ipl, from: set }\n`);
  const { code, stderr } = await runCommand('calibrate', path.join(folder, 'graph.yaml'), '-o', path.join(folder, 'rig.json'));
  t.is(code, 1, stderr);
  t.regex(stderr, /It was not found how "[ab]" lies: .*\n {4}Point the cameras at a scene with texture/);
  t.false(existsSync(path.join(folder, 'rig.json')));
});

test.serial('seconds are those of the pictures, and the node is said where several fuse', async (t) => {
  const rig = await place('two', standing(12), { more: '  other: { use: ipl, from: set, reference: over }\n' });
  const several = await rig.calibrate();
  t.is(several.code, 2, several.stderr);
  t.regex(several.stderr, /Several nodes fuse: fused, other\.\n {4}Say which is calibrated: --node fused/);
  const wrong = await rig.calibrate('--node', 'othr');
  t.is(wrong.code, 2);
  t.regex(wrong.stderr, /There is no node "othr" that fuses.*\n {4}Did you mean "other"\?/);
  const { code, stdout, stderr } = await rig.calibrate('--node', 'other', '--seconds', '2');
  t.is(code, 0, stderr);
  const { reference, pictures, branches } = rigOf(rig);
  t.deepEqual([reference, pictures, Object.keys(branches).sort()], ['over', 5, ['mid', 'under']]);
  t.regex(stdout, /In the graph, node "other": \{ use: ipl, \.\.\., rig: rig\.json \}/);
});

test.serial('what is wrong with a rig is told by check, at its place; what contradicts it, too', async (t) => {
  const rig = await place('wrong', standing(1), { fused: ', rig: rig.json' });
  const check = (): Promise<Finished> => runCommand('check', rig.graph, '--set', `out=${rig.file('fused.gdp')}`);
  const whole = { kind: 'gst-ipl rig', version: 1, ...SIZE, reference: 'mid', branches: { under: { homography: UNDER }, over: { homography: OVER } } };
  const missing = await check();
  t.is(missing.code, 2);
  t.true(missing.stderr.includes(`${rig.graph}:7:`) && missing.stderr.includes(`The rig "${rig.file('rig.json')}" does not exist.`), missing.stderr);
  t.regex(missing.stderr, /`gst-ipl calibrate GRAPH -o rig\.json` makes it/);
  for (const [content, message] of [
    [{ ...whole, version: 3 }, /is of version 3, and this gst-ipl reads version 1\.\n {4}Calibrate it anew/],
    [{ ...whole, branches: { under: { homography: UNDER } } }, /is of 2 branches, mid, under, and the exposures are 3: under, mid, over\./],
    [{ ...whole, branches: { ...whole.branches, over: { homography: [1, 0, 0, 1, 0, 0, 0, 0, 1] } } }, /cannot line "over" up\. A homography must not fold/],
  ] as const) {
    writeFileSync(rig.file('rig.json'), JSON.stringify(content));
    const { code, stderr } = await check();
    t.is(code, 2, stderr);
    t.regex(stderr, message);
  }
  writeFileSync(rig.file('rig.json'), JSON.stringify(whole));
  t.is((await check()).code, 0);
  // No picture is there to check by: it is the run that ends.
  writeFileSync(rig.file('rig.json'), JSON.stringify({ ...whole, height: 480 }));
  t.is((await check()).code, 0);
  const run = await runCommand('run', rig.graph, '--set', `out=${rig.file('fused.gdp')}`);
  t.is(run.code, 1, run.stderr);
  t.regex(run.stderr, /The rig rig\.json was found in pictures of 640x480, and these are of another shape: 640x360\.\n {4}Bring the cameras to/);

  writeFileSync(rig.file('rig.json'), JSON.stringify(whole));
  const graph = readFileSync(rig.graph, 'utf8');
  for (const [option, message] of [
    ['align: each', /`rig` says how cameras stand, and `align: each` finds it anew/],
    ['output: hlg, ev: [-2, 0, 2], curve: srgb, crop: common', /`crop: common` is for SDR/],
  ] as const) {
    writeFileSync(rig.graph, graph.replace('rig: rig.json', `rig: rig.json, ${option}`));
    const { code, stderr } = await check();
    t.is(code, 2, stderr);
    t.regex(stderr, message);
  }
  // Nothing may be written over it.
  writeFileSync(rig.graph, graph);
  const over = await runCommand('check', rig.graph, '--set', `out=${rig.file('rig.json')}`);
  t.is(over.code, 2);
  t.regex(over.stderr, /would write over ".*rig\.json", which node "fused" reads/);
});

test.serial('what is wrong with the command line', async (t) => {
  const rig = await place('line', standing(1));
  for (const [args, message] of [
    [[], /Something is missing: gst-ipl calibrate GRAPH/],
    [[rig.graph], /calibrate needs an output: -o rig\.json/],
    [[rig.graph, '-o', 'rig.yaml'], /"rig\.yaml" must end in \.json/],
    [[rig.graph, '-o', '/nowhere/rig.json'], /The output folder "\/nowhere" does not exist/],
    [[rig.graph, '-o', rig.file('rig.json'), '--seconds', 'long'], /--seconds: expected a number from 1 to 3600, but got "long"/],
    [[rig.file('none.yaml'), '-o', rig.file('rig.json')], /The graph file .*none\.yaml does not exist/],
  ] as const) {
    const { code, stderr } = await runCommand('calibrate', ...args);
    t.is(code, 2, stderr);
    t.regex(stderr, message);
  }
  writeFileSync(rig.file('graph.json'), JSON.stringify({ nodes: { a: { use: 'source', launch: 'videotestsrc' } } }));
  const itself = await runCommand('calibrate', rig.file('graph.json'), '-o', rig.file('graph.json'));
  t.is(itself.code, 2);
  t.regex(itself.stderr, /The output ".*graph\.json" is the graph itself/);
  const none = await runCommand('calibrate', rig.file('graph.json'), '-o', rig.file('rig.json'));
  t.is(none.code, 2);
  t.regex(none.stderr, /No node of this graph fuses/);
});
