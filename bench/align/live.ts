/**
 * Lining up streams: what it gives where one camera pans, and what it costs.
 *
 *     node scripts/bench.js bench/align/live.ts [--only pan|rig|parallax|cost] [--rounds 5] [--sets 120] [--size 3840x2160,1920x1080]
 *
 * pan   alternating exposures at 1280x720, 10 sets a second: likeness of the fused picture to that of the camera at rest, without and with
 *       `align: auto`, over the whole picture and without a border of 48 pixels, which exposures do not cover
 * rig   a rig that is turned: likeness of the fused picture to that of cameras that coincide, as it is, by the warp of stills, and by tiles
 * parallax  photographs with a foreground 8 pixels farther along: likeness to cameras that coincide, as they are, lined up, and by a known field
 * cost  processor time of all threads for a set, as a share of that without lining up in the same minutes; copying of the payloads, which
 *       fusion takes away, is measured alone and left out. A set of cameras is 1/30 s later than the one before, one of one camera 1/10 s:
 *       120 sets are the four seconds from one look at a rig to the next, and 1/5 of them are taken where a camera pans
 */
import { parseArgs } from 'node:util';
import type { ExposureSet, Frame } from '../../plugin/core/frames/frame';
import { deriveFrame } from '../../plugin/core/frames/frame';
import { FusionEngine } from '../../plugin/ipl/engine/fusion-engine';
import type { FusionTask } from '../../plugin/ipl/engine/fusion-task';
import { FusionKernels } from '../../plugin/ipl/kernels';
import { buildKernels } from '../../plugin/ipl/kernels/build';
import { turnAndShift, type Homography } from '../../plugin/ipl/kernels/homography';
import { loadModel } from '../../plugin/ipl/network/model';
import { blockSize } from '../../plugin/ipl/network/slice-plan';
import { DEFAULT_MODEL } from '../../plugin/ipl/network/read-model';
import { SetFuser } from '../../plugin/ipl/set-fuser';
import { likeness, MovingBracket, type Windows } from '../../test/ipl/moving';

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    rounds: { type: 'string', default: '5' },
    sets: { type: 'string', default: '120' },
    size: { type: 'string', default: '3840x2160' },
  },
});

type Align = 'auto' | 'off';

class Stream {
  readonly pixels = new Map<string, number>();
  readonly confidence = new Map<string, number>();
  readonly fuser: SetFuser;

  constructor(readonly align: Align) {
    this.fuser = new SetFuser({ model: DEFAULT_MODEL, slice: 4, threads: 1, order: ['under', 'mid', 'over'], reference: 'middle', align }, {
      warn: (message) => console.error(message),
      report: (name, value, labels) => {
        if (name === 'fusion_alignment_pixels') this.pixels.set(labels?.branch ?? '', value);
        if (name === 'fusion_alignment_confidence') this.confidence.set(labels?.branch ?? '', value);
      },
    });
  }

  static async start(align: Align): Promise<Stream> {
    const stream = new Stream(align);
    await stream.fuser.start();
    return stream;
  }

  async fuse(set: ExposureSet): Promise<Frame> {
    const frame = await this.fuser.fuse(set);
    if (!frame) throw new Error('The picture was lost.');
    return frame;
  }
}

const sizeOf = (size: string): [number, number] => size.split('x').map(Number) as [number, number];
const median = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[list.length >> 1];
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 100));

/** A window that goes from left to right, and between two sets back to where it began. */
const panned = (n: number, pixels: number): Windows => [0, 1, 2].map((exposure) => [24 + ((3 * n + exposure) * pixels) % 576, 280] as const);

async function pan(): Promise<void> {
  const pictures = await MovingBracket.load(1920, 1280, 1280, 720);
  console.log('| pixels a frame | off, whole / inner | auto, whole / inner | pixels found |\n|---|---|---|---|');
  for (const pixels of [0, 4, 12]) {
    const [auto, off, still] = await Promise.all([Stream.start('auto'), Stream.start('off'), Stream.start('off')]);
    const make = (n: number, windows: Windows): ExposureSet => pictures.set(n, windows, { oneCamera: true, noise: 1, interval: 100_000_000n });
    // Until it is known, as long as that takes here: a second of a stream.
    let n = 0;
    for (; n < 400 && (pixels === 0 ? !auto.confidence.get('over') : Math.min(auto.pixels.get('under') ?? 0, auto.pixels.get('over') ?? 0) < pixels - 1); n += 1) {
      await auto.fuse(make(n, panned(n, pixels)));
      await settle();
    }
    const rows: number[][] = [];
    for (let round = 0; round < 8; round += 1, n += 1) {
      const windows = panned(n, pixels);
      const middle = windows[1] ?? [0, 0];
      for (const { fuser } of [off, still]) fuser.reset();
      const truth = await still.fuse(make(n, [middle, middle, middle]));
      const [asIs, linedUp] = [await off.fuse(make(n, windows)), await auto.fuse(make(n, windows))];
      rows.push([likeness(truth, asIs, 0), likeness(truth, asIs, 48), likeness(truth, linedUp, 0), likeness(truth, linedUp, 48)]);
    }
    const [a = 0, b = 0, c = 0, d = 0] = [0, 1, 2, 3].map((column) => median(rows.map((row) => row[column])));
    console.log(`| ${pixels} | ${a.toFixed(1)} / ${b.toFixed(1)} dB | ${c.toFixed(1)} / ${d.toFixed(1)} dB | ${[...auto.pixels].map(([name, found]) => `${name} ${found.toFixed(1)}`).join(', ')} |`);
    await Promise.all([auto, off, still].map(({ fuser }) => fuser.close()));
  }
}

const millisecondsOf = async (work: () => Promise<void>): Promise<number> => {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
};

async function cost(size: string): Promise<void> {
  const [width, height] = sizeOf(size);
  const pictures = await MovingBracket.drawn(width + 64, height + 64, width, height);
  const turned = (degrees: number, dx: number, dy: number): Homography => turnAndShift((degrees * Math.PI) / 180, dx, dy, width, height);
  const rest: Windows = [[16, 16], [16, 16], [16, 16]];
  const cases: Record<string, { readonly oneCamera: boolean; readonly sets: readonly ExposureSet[] }> = {
    'a rig that lines up': { oneCamera: false, sets: [pictures.set(0, rest)] },
    'a rig that is whole pixels off': { oneCamera: false, sets: [pictures.set(0, [[22, 12], [16, 16], [8, 20]])] },
    'a rig that is turned': { oneCamera: false, sets: [pictures.set(0, rest, { maps: [turned(0.3, 6.3, -3.5), undefined, turned(-0.2, -9.5, 4.5)] })] },
    'one camera that pans, 4 pixels a frame': { oneCamera: true, sets: [0, 1, 2, 3].map((n) => pictures.set(n, [0, 1, 2].map((exposure) => [4 * (3 * n + exposure), 16] as const), { oneCamera: true })) },
  };
  console.log(`| ${size}, three exposures | off, ms of processor time a set | auto, as a share of it | pixels found |\n|---|---|---|---|`);
  for (const [name, { oneCamera, sets }] of Object.entries(cases)) {
    const streams = await Promise.all([Stream.start('off'), Stream.start('auto')]);
    let number = 0;
    const next = (): ExposureSet => {
      const set = sets[number % sets.length];
      const time = BigInt(number++) * (oneCamera ? 100_000_000n : 33_333_333n);
      return { ...set, frames: set.frames.map((frame) => deriveFrame(frame, { payload: frame.payload.slice(), runningTime: time })) };
    };
    const found = (stream: Stream): boolean => (name.includes('lines up') ? stream.confidence.size === 2 : [...stream.pixels.values()].filter((pixels) => pixels > 1).length === 2);
    for (let n = 0; n < 300 && !(n > 8 && found(streams[1])); n += 1) {
      for (const stream of streams) await stream.fuse(next());
      await settle();
    }
    // In steps of a second of the stream: all early looks are over.
    for (let n = 0; n < 24; n += 1, number += oneCamera ? 10 : 30) {
      for (const stream of streams) await stream.fuse(next());
      await settle();
    }
    const times: number[][] = [];
    const count = oneCamera ? Math.ceil(Number(options.sets) / 5) : Number(options.sets);
    for (let round = 0; round < Number(options.rounds); round += 1) {
      const copies = await millisecondsOf(async () => {
        for (let n = 0; n < count; n += 1) next();
      });
      const row: number[] = [];
      for (const stream of streams) {
        const spent = await millisecondsOf(async () => {
          for (let n = 0; n < count; n += 1) await stream.fuse(next());
        });
        row.push((spent - copies) / count);
      }
      times.push(row);
    }
    const [off, share] = [median(times.map(([first]) => first)), median(times.map(([first, second]) => second / first))];
    console.log(`| ${name} | ${off.toFixed(1)} | ${share.toFixed(2)} | ${[...streams[1].pixels].map(([branch, pixels]) => `${branch} ${pixels.toFixed(1)}`).join(', ')} |`);
    await Promise.all(streams.map(({ fuser }) => fuser.close()));
  }
}

async function rig(size: string): Promise<void> {
  const [width, height] = sizeOf(size);
  const pictures = await MovingBracket.load(width + 64, height + 64, width, height);
  const rest: Windows = [[16, 16], [16, 16], [16, 16]];
  const turned = (degrees: number, dx: number, dy: number): Homography => turnAndShift((degrees * Math.PI) / 180, dx, dy, width, height);
  const engine = new FusionEngine(await loadModel(DEFAULT_MODEL), await FusionKernels.load(), { sliceBands: 4 });
  const fuse = async ({ frames }: ExposureSet, more: Pick<FusionTask, 'motions' | 'quick'> = {}): Promise<Frame> => {
    engine.reset();
    const payloads = frames.map(({ payload }) => payload.slice());
    await engine.fuse({ payloads, layout: frames[1].caps.layout, range: 'full', reference: 1, ...more });
    return deriveFrame(frames[1], { payload: payloads[1] });
  };
  const truth = await fuse(pictures.set(0, rest));
  console.log(`| ${size}, without a border of 48 pixels | as they are | warp of stills | tiles |\n|---|---|---|---|`);
  const cases = { 'turned by 0.3 and -0.2 degrees': [turned(0.3, 6.3, -3.5), turned(-0.2, -9.5, 4.5)], 'half a pixel': [turned(0, 4.5, 6.5), turned(0, -3.5, 2.5)] };
  for (const [name, [under, over]] of Object.entries(cases)) {
    const maps = [under, undefined, over];
    const set = pictures.set(0, rest, { maps });
    const motions = maps.map((homography) => homography && { homography });
    const list = [await fuse(set), await fuse(set, { motions }), await fuse(set, { motions, quick: true })].map((frame) => `${likeness(truth, frame, 48).toFixed(1)} dB`);
    console.log(`| ${name} | ${list.join(' | ')} |`);
  }
}

/** A foreground that stands so near that each camera sees it 8 pixels farther along than what is behind it. */
async function parallax(size: string): Promise<void> {
  const [width, height] = sizeOf(size);
  const pictures = await MovingBracket.load(width + 128, height + 128, width, height);
  const engine = new FusionEngine(await loadModel(DEFAULT_MODEL), await FusionKernels.load(), { sliceBands: 4 });
  const fuse = async ({ frames }: ExposureSet, more: Pick<FusionTask, 'motions' | 'align'> = {}): Promise<{ frame: Frame; found: string }> => {
    engine.reset();
    const payloads = frames.map(({ payload }) => payload.slice());
    const { linedUp } = await engine.fuse({ payloads, layout: frames[1].caps.layout, range: 'full', reference: 1, ...more });
    return { frame: deriveFrame(frames[1], { payload: payloads[1] }), found: (linedUp ?? []).map(({ pixels, reason }) => reason ?? pixels.toFixed(1)).join(', ') };
  };
  const behind = (moved: number): ExposureSet => pictures.set(0, [-moved, 0, moved].map((dx) => [64 + dx, 64] as const));
  const near = (dx: number): { left: number; top: number; right: number; bottom: number } => ({ left: width * 0.3 + dx, top: height * 0.35, right: width * 0.6 + dx, bottom: height });
  const scene = (background: number, foreground: number): ExposureSet => {
    const [all, front] = [behind(background), pictures.set(0, [-1, 0, 1].map(() => [20, 100] as const))];
    const frames = all.frames.map((frame, exposure) => {
      const [{ stride }] = frame.caps.layout.planes;
      const dx = (exposure - 1) * foreground;
      const { left, top, right, bottom } = near(dx);
      const payload = frame.payload.slice();
      for (let y = Math.round(top); y < bottom; y += 1) for (let x = Math.round(left); x < Math.round(right); x += 1) payload[y * stride + x] = front.frames[exposure].payload[y * stride + x - dx];
      return deriveFrame(frame, { payload });
    });
    return { ...all, frames };
  };
  const truth = (await fuse(scene(0, 0))).frame;
  const set = scene(6, -14);
  const block = blockSize(width, height);
  const [columns, rows] = [Math.ceil(width / block), Math.ceil(height / block)];
  const ideal = (sign: number): Float32Array => {
    const { left, top, right, bottom } = near(0);
    const field = new Float32Array(columns * rows * 2);
    for (let at = 0; at < columns * rows; at += 1) {
      const [x, y] = [(at % columns + 0.5) * block, (Math.floor(at / columns) + 0.5) * block];
      field[2 * at] = x >= left && x < right && y >= top && y < bottom ? sign * 8 : 0;
    }
    return field;
  };
  const shift = (dx: number): Homography => [1, 0, dx, 0, 1, 0, 0, 0, 1];
  const rows_ = {
    'as they are': await fuse(set),
    'lined up as a whole': await fuse(set, { align: true }),
    'background known': await fuse(set, { motions: [{ homography: shift(6) }, undefined, { homography: shift(-6) }] }),
    'both known, by blocks': await fuse(set, { motions: [{ homography: shift(6), field: ideal(1) }, undefined, { homography: shift(-6), field: ideal(-1) }] }),
  };
  for (const [name, { frame, found }] of Object.entries(rows_)) console.log(`| ${name} | ${likeness(truth, frame, 48).toFixed(1)} dB | ${found} |`);
}

async function main(): Promise<void> {
  await buildKernels();
  for (const [name, run] of Object.entries({ pan, rig, parallax, cost })) {
    if (options.only && options.only !== name) continue;
    for (const size of name === 'pan' ? [''] : options.size.split(',')) await run(size);
  }
}

void main();
