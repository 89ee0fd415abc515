/** What crosses into Node is progressive and upright, told by the pixels, whatever said otherwise: caps, flags or tags. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { lastValueFrom, toArray } from 'rxjs';
import { source, type Frame, type Graph } from '../../plugin';
import { temporaryFolder } from '../support/folder';
import { record } from '../support/media';
import { load, registryWithMiddle, runToEnd, type Outcome } from '../support/run-graph';
import { watchElement } from '../support/watch';

const folder = temporaryFolder();
const at = (name: string): string => path.join(folder, name);
const collect = (text: string): Promise<Frame[]> => lastValueFrom(source(text).pipe(toArray()));

/** Fine moving stripes: fields of two moments differ in every line. */
const MOVING = 'videotestsrc num-buffers=24 horizontal-speed=20 ! video/x-raw,format=I420,width=160,height=120,framerate=24/1';
/** 24 pictures become 30 frames, of which two in five have fields of two pictures. They are told by flags of the buffers alone. */
const TELECINED = `${MOVING} ! interlace field-pattern=2:3`;

/** Change from line to line, against that from every second line: much where the fields are of two moments. */
function combing({ payload, caps }: Frame): number {
  const { stride, width, height } = caps.layout.planes[0] ?? { stride: 0, width: 0, height: 0 };
  const roughness = (step: number): number => {
    let sum = 0;
    for (let row = step; row < height - step; row += 1) {
      for (let column = 0; column < width; column += 1) {
        const sample = (line: number): number => payload[line * stride + column] ?? 0;
        sum += Math.abs(2 * sample(row) - sample(row - step) - sample(row + step));
      }
    }
    return sum;
  };
  return roughness(1) / roughness(2);
}

const COMBED = 1.5;

function raise(): never {
  throw new Error('no frame');
}

test.serial('the telecined pictures of these tests are combed, two in five', async (t) => {
  const { caps, frames } = await record(TELECINED);
  t.regex(caps[0] ?? '', /interlace-mode=\(string\)mixed/);
  const [frame] = await collect(MOVING);
  const combed = frames.filter(({ payload }) => frame && combing({ ...frame, payload }) > COMBED);
  t.is(combed.length, 12);
});

test.serial('mixed: frames with two moments become one, the others and all times stay as they are', async (t) => {
  const truth = await record(TELECINED);
  const frames = await collect(TELECINED);
  t.deepEqual(frames.map(({ runningTime }) => runningTime), truth.frames.map(({ pts }) => pts));
  t.deepEqual(frames.filter((frame) => combing(frame) > COMBED), []);
  t.true(frames.every(({ caps }) => !caps.interlaced && caps.framerate.numerator === 30));
  const untouched = frames.filter(({ payload, caps }, index) => truth.frames[index]?.payload.equals(payload.subarray(0, caps.layout.size)));
  t.true(untouched.length >= 17, `${untouched.length}`);
});

for (const format of ['UYVY', 'NV12', 'v210']) {
  test.serial(`interlaced all along, as ${format}: no picture is combed`, async (t) => {
    const frames = await collect(`${MOVING} ! interlace field-pattern=1:1 ! videoconvert ! video/x-raw,format=${format}`);
    t.is(frames.length, 12);
    t.deepEqual(frames.filter((frame) => combing(frame) > COMBED), []);
    t.deepEqual(frames.map(({ runningTime }) => Number(runningTime / 1_000_000n)), frames.map((_, index) => Math.floor((index * 1000) / 12)));
  });
}

const STILL = 'videotestsrc num-buffers=3 pattern=smpte ! video/x-raw,format=I420,width=64,height=32,framerate=25/1';
const tagged = (orientation: string): string => `${STILL} ! taginject tags="image-orientation=${orientation}"`;
const hashOf = ({ payload, caps }: Frame): string => `${caps.width}x${caps.height} ${createHash('md5').update(payload).digest('hex')}`;
const hashes = async (text: string): Promise<string[]> => (await collect(text)).map(hashOf);

test.serial('what a tag says lies on its side is turned, once', async (t) => {
  for (const [orientation, direction] of [['rotate-90', '90r'], ['rotate-180', '180'], ['flip-rotate-0', 'horiz'], ['rotate-0', 'identity']]) {
    const turned = await hashes(`${STILL} ! videoflip video-direction=${direction}`);
    t.deepEqual(await hashes(tagged(orientation ?? '')), turned, orientation);
    // Who turns it has decided.
    t.deepEqual(await hashes(`${tagged(orientation ?? '')} ! videoflip video-direction=auto`), turned, orientation);
  }
});

/** The same film, with the matrix in its header that phones write when they are held upright. */
function rotateMp4(from: string, to: string): void {
  const bytes = readFileSync(from);
  const matrix = bytes.indexOf('tkhd') + 44;
  [0, 0x1_0000, 0, -0x1_0000, 0, 0, 0, 0, 0x4000_0000].forEach((value, index) => bytes.writeInt32BE(value, matrix + 4 * index));
  writeFileSync(to, bytes);
}

const ffmpeg = (...words: string[]): unknown => execFileSync('ffmpeg', ['-v', 'error', '-y', ...words]);
const H264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-qp', '10', '-pix_fmt', 'yuv420p'];
const MPEG2 = ['-c:v', 'mpeg2video', '-q:v', '2', '-bf', '0', '-g', '5'];

test.before(() => {
  const moving = (rate: number): string[] => ['-f', 'lavfi', '-i', `testsrc2=size=160x120:rate=${rate}:duration=1`];
  const fields = ['-vf', 'tinterlace=interleave_top,setfield=tff', '-flags', '+ildct+ilme'];
  ffmpeg(...moving(25), ...H264, at('upright.mp4'));
  rotateMp4(at('upright.mp4'), at('rotated.mp4'));
  ffmpeg(...moving(25), ...H264, at('progressive.ts'));
  ffmpeg(...moving(50), ...fields, ...H264, '-x264opts', 'tff=1', at('interlaced.ts'));
  ffmpeg(...moving(25), ...MPEG2, at('film.ts'));
  ffmpeg(...moving(50), ...fields, ...MPEG2, at('fields.ts'));
  const join = (to: string, ...from: string[]): void => writeFileSync(at(to), Buffer.concat(from.map((name) => readFileSync(at(name)))));
  join('turns.ts', 'progressive.ts', 'interlaced.ts');
  join('mixed.ts', 'fields.ts', 'film.ts');
});

/** Runs a graph whose node `w` watches what the node `a` gives. */
async function watch(nodes: string, from = 'a'): Promise<Outcome & { seen: Frame[] }> {
  const seen: Frame[] = [];
  const registry = registryWithMiddle();
  registry.add(watchElement((frame) => void seen.push({ ...frame, payload: Buffer.from(frame.payload) })));
  const graph: Graph = await load(`nodes:\n${nodes}\n  w: { use: watch, from: ${from} }\n  k: { use: sink, from: w, launch: fakesink }`, {}, registry);
  const outcome = await runToEnd(graph, (event, running) => event.type === 'frame' && seen.length >= 200 && running.stop());
  return { ...outcome, seen };
}

test.serial('uri: a film that a phone took upright is upright, played once, live or scaled', async (t) => {
  const upright = await hashes(`filesrc location=${at('upright.mp4')} ! decodebin ! videoflip video-direction=90r`);
  const sizes = ({ seen }: { seen: Frame[] }): string[] => [...new Set(seen.map(({ caps }) => `${caps.width}x${caps.height}`))];
  const once = await watch(`  a: { use: source, uri: ${at('rotated.mp4')} }`);
  t.deepEqual(once.seen.map(hashOf), upright);
  const live = await watch(`  a: { use: source, uri: ${at('rotated.mp4')}, play: live }`);
  t.deepEqual([live.error, sizes(live), live.seen.length], [undefined, ['120x160'], 25]);
  for (const play of ['once', 'live']) {
    const scaled = await watch(`  a: { use: source, uri: ${at('rotated.mp4')}, play: ${play}, size: 60x80 }`);
    t.deepEqual([scaled.error, sizes(scaled), scaled.seen.length], [undefined, ['60x80'], 25]);
    // Without borders: its shape is that of the size.
    t.true(scaled.seen.every(({ payload, caps }) => (payload[(caps.layout.planes[0]?.stride ?? 0) * 40 + 1] ?? 0) > 20));
  }
});

test.serial('uri: a file of mixed frames, with a filter that deinterlaces behind it, shows no comb', async (t) => {
  for (const play of ['once', 'live']) {
    const source = `  a: { use: source, uri: ${at('mixed.ts')}, play: ${play} }`;
    const plain = await watch(source);
    t.is(plain.error, undefined);
    t.true(plain.seen.length >= 48, `${plain.seen.length}`);
    const rough = combing(plain.seen.at(-1) ?? raise()) * 1.15; // The last is of the progressive part.
    t.deepEqual(plain.seen.filter((frame) => combing(frame) > rough), [], play);
    const filtered = await watch(`${source}\n  f: { use: filter, from: a, launch: deinterlace fields=top }`, 'f');
    if (play === 'once') continue;
    t.is(filtered.error, undefined);
    t.deepEqual(filtered.seen.filter((frame) => combing(frame) > rough), [], play);
  }
});

test.serial('a film that turns from progressive to interlaced goes on to its end, and `degrade` keeps its branch', async (t) => {
  const turning = await watch(`  a: { use: source, uri: ${at('turns.ts')} }`);
  const rough = combing(turning.seen[0] ?? raise()) * 1.15;
  t.true(turning.seen.length >= 48, `${turning.seen.length}`);
  t.deepEqual(turning.seen.filter((frame) => combing(frame) > rough), []);
  const graph = await load(`
nodes:
  a: { use: source, uri: ${at('turns.ts')} }
  b: { use: source, uri: ${at('turns.ts')} }
  s: { use: sync, from: [a, b], late: degrade }
  m: { use: middle, from: s }
  k: { use: sink, from: m, launch: fakesink }`);
  const { error, warnings, frames } = await runToEnd(graph);
  t.deepEqual([error, warnings], [undefined, []]);
  t.true(frames('m').length >= turning.seen.length - 1, `${frames('m').length}`); // One frame of a second that ends early.
});

test.serial('decoders that pad rows give pictures without padding, also with a deinterlacer of the user behind them', async (t) => {
  const decoder = `filesrc location=${at('mixed.ts')} ! decodebin`;
  // Interlaced frames first, then progressive ones.
  const truth = (await hashes(`${decoder} ! identity drop-allocation=true`)).slice(26);
  const mine = await collect(`${decoder} ! deinterlace fields=top`);
  t.true(mine.every(({ payload, caps }) => payload.buffer.byteLength === caps.layout.size));
  t.deepEqual(mine.slice(26).map(hashOf), truth);
});

test.serial('light levels, colours and the shape of pixels cross by caps', async (t) => {
  const facts = 'mastering-display-info=(string)34000:16000:13250:34500:7500:3000:15635:16450:10000000:500,content-light-level=(string)1000:400,colorimetry=(string)bt2100-hlg,chroma-site=(string)v-cosite,multiview-mode=(string)side-by-side';
  const [frame] = await collect(`${STILL} ! capssetter caps="video/x-raw,${facts}"`);
  for (const fact of facts.split(',')) t.true(frame?.caps.text.includes(fact), `${fact} in ${frame?.caps.text}`);
  t.like(frame?.caps.colorimetry, { range: 'limited', matrix: 'BT.2020', transfer: 'HLG', primaries: 'BT.2020' });
});
