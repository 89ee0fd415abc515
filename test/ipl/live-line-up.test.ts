/** Streams whose exposures do not coincide are lined up without anybody waiting for it, and those that do are left as they are. */
import test, { type ExecutionContext } from 'ava';
import { Subject } from 'rxjs';
import type { ExposureSet, Frame } from '../../plugin/core/frames/frame';
import { ipl } from '../../plugin/ipl';
import { turnAndShift, type Homography } from '../../plugin/ipl/kernels/homography';
import { DEFAULT_MODEL } from '../../plugin/ipl/network/read-model';
import { SetFuser } from '../../plugin/ipl/set-fuser';
import { HOSTILE } from './align/hostile';
import { likeness, MovingBracket, type Windows } from './moving';

const [WIDTH, HEIGHT] = [480, 270];
const scene = MovingBracket.load(1280, 852, WIDTH, HEIGHT);
const turned = (degrees: number, dx: number, dy: number): Homography => turnAndShift((degrees * Math.PI) / 180, dx, dy, WIDTH, HEIGHT);

const STILL: Windows = [[300, 300], [300, 300], [300, 300]];

class Stream {
  readonly figures = new Map<string, number>();
  /** How often it was told how exposures lie. */
  told = 0;
  readonly notes: string[] = [];
  readonly warnings: string[] = [];
  readonly fuser: SetFuser;
  #number = 0;

  constructor(align: 'auto' | 'off', alignAsked = false, { unhurried = false, threads = 1 } = {}) {
    this.fuser = new SetFuser({ model: DEFAULT_MODEL, slice: 4, threads, order: ['under', 'mid', 'over'], reference: 'middle', align, alignAsked }, {
      unhurried,
      warn: (message) => this.warnings.push(message),
      notify: (message) => this.notes.push(message),
      report: (name, value, labels) => {
        this.figures.set(`${name} ${labels?.branch ?? ''}`, value);
        this.told += Number(name === 'fusion_alignment_pixels' && labels?.branch === 'over');
      },
    });
  }

  static async start(t: ExecutionContext, align: 'auto' | 'off'): Promise<Stream> {
    const stream = new Stream(align);
    await stream.fuser.start();
    t.teardown(() => stream.fuser.close());
    return stream;
  }

  pixels(branch: string): number {
    return this.figures.get(`fusion_alignment_pixels ${branch}`) ?? 0;
  }

  async next(make: (number: number) => ExposureSet): Promise<Frame> {
    const frame = await this.fuser.fuse(make(this.#number++));
    if (!frame) throw new Error('The picture was lost.');
    return frame;
  }

  /** Fuses sets until something holds. */
  async until(make: (number: number) => ExposureSet, holds: () => boolean, most = 4000): Promise<Frame> {
    for (let n = 0; n < most; n += 1) {
      const frame = await this.next(make);
      if (holds()) return frame;
      // The thread answers through the event loop.
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    throw new Error(`Not after ${most} sets: ${JSON.stringify([...this.figures])}`);
  }
}

/** What a stream without a motion becomes. */
async function straight(t: ExecutionContext, windows = STILL): Promise<Frame> {
  const [stream, pictures] = [await Stream.start(t, 'off'), await scene];
  return stream.next((n) => pictures.set(n, windows));
}

test.serial('a rig whose cameras stand apart is lined up after a moment, told of once, and its pictures do not change any more', async (t) => {
  const [stream, pictures] = [await Stream.start(t, 'auto'), await scene];
  const maps = [turned(0.4, 6.3, -3.4), undefined, turned(-0.3, -9.2, 4.1)];
  const make = (n: number): ExposureSet => pictures.set(n, STILL, { maps });
  const asIs = await stream.next(make);
  await stream.until(make, () => stream.pixels('under') > 5 && stream.pixels('over') > 8);
  const linedUp = await stream.next(make);
  const truth = await straight(t);
  const [before, after] = [likeness(truth, asIs, 24), likeness(truth, linedUp, 24)];
  t.true(after > before + 6, `${before} dB as they are, ${after} dB lined up`);
  t.is(stream.notes.length, 1);
  t.regex(stream.notes[0] ?? '', /^Lined up: under by up to \d+\.\d pixels; over by up to \d+\.\d pixels\.$/);
  t.true((stream.figures.get('fusion_alignment_confidence over') ?? 0) > 0.3);
  t.deepEqual(stream.warnings, []);
});

test.serial('exposures that coincide give the very picture that they give without', async (t) => {
  const [stream, pictures] = [await Stream.start(t, 'auto'), await scene];
  const make = (n: number): ExposureSet => pictures.set(n, STILL, { noise: n === 0 ? 0 : 2 });
  await stream.until(make, () => (stream.figures.get('fusion_alignment_confidence over') ?? 0) > 0);
  stream.fuser.reset();
  const again = await stream.next(() => pictures.set(1000, STILL));
  t.deepEqual(again.payload, (await straight(t)).payload);
  t.deepEqual(stream.notes, []);
});

test.serial('sets of files wait until it is known how they lie, so that two runs give the same, whatever threads do', async (t) => {
  const pictures = await scene;
  const maps = [turned(0.4, 6.3, -3.4), undefined, undefined];
  const sets = (): ExposureSet[] => [0, 1, 2, 3, 4, 5].map((n) => pictures.set(n, STILL, { maps, noise: 1, interval: 200_000_000n }));
  const run = async (threads: number): Promise<{ told: number; frames: (Frame | undefined)[] }> => {
    const stream = new Stream('auto', false, { unhurried: true, threads });
    await stream.fuser.start();
    // All at once, as a queue lets them in: nobody waits between them.
    const frames = await Promise.all(sets().map((set) => stream.fuser.fuse(set)));
    await stream.fuser.close();
    return { told: stream.pixels('under'), frames };
  };
  const [one, other] = [await run(1), await run(2)];
  t.true(one.told > 5);
  for (const n of [0, 1, 2, 3, 4, 5]) t.true(Buffer.from(one.frames[n]?.payload ?? []).equals(Buffer.from(other.frames[n]?.payload ?? [0])), `picture ${n}`);
  // It was asked with the second, so the third is the first that is lined up.
  const truth = await straight(t);
  const [second, third] = [1, 2].map((n) => likeness(truth, one.frames[n] as Frame, 24)) as [number, number];
  t.true(third > second + 3, `${second} dB, then ${third} dB`);
});

for (const pixels of [4, 12]) {
  test.serial(`one camera that pans by ${pixels} pixels a frame gives what it gives at rest`, async (t) => {
    const [auto, off, pictures] = [await Stream.start(t, 'auto'), await Stream.start(t, 'off'), await scene];
    // From border to border, and between two sets back to where it began.
    const place = (frame: number): number => 30 + ((frame * pixels) % 720);
    const windows = (n: number): Windows => [0, 1, 2].map((exposure) => [place(3 * n + exposure), 300] as const);
    const make = (n: number): ExposureSet => pictures.set(n, windows(n), { oneCamera: true, noise: 1, interval: 100_000_000n });
    let last = 0;
    await auto.until((n) => make((last = n)), () => Math.min(auto.pixels('under'), auto.pixels('over')) > pixels - 1);
    const gains: number[] = [];
    const against: number[] = [];
    for (let n = last + 1; n < last + 7; n += 1) {
      const middle = windows(n)[1] ?? [0, 0];
      const still = await off.next(() => pictures.set(n, [middle, middle, middle], { noise: 1 }));
      off.fuser.reset();
      const asIs = await off.next(() => make(n));
      off.fuser.reset();
      const linedUp = await auto.next(() => make(n));
      gains.push(likeness(still, linedUp, 40) - likeness(still, asIs, 40));
      against.push(likeness(still, linedUp, 40));
    }
    t.log(`${against.map((one) => one.toFixed(1)).join(' ')} dB, gains ${gains.map((one) => one.toFixed(1)).join(' ')} dB`);
    const median = (list: number[]): number => [...list].sort((a, b) => a - b)[list.length >> 1];
    t.true(median(against) > 32, `${against.join(' ')} dB`);
    t.true(median(gains) > 4, `${gains.join(' ')} dB`);
  });
}

test.serial('a camera that is knocked is lined up again, and another size is another scene', async (t) => {
  const [stream, pictures] = [await Stream.start(t, 'auto'), await scene];
  const at = (dx: number) => (n: number): ExposureSet => pictures.set(n, STILL, { maps: [undefined, undefined, turned(0, dx, 2)], noise: 1 });
  await stream.until(at(6), () => stream.pixels('over') > 5);
  await stream.until(at(11), () => stream.pixels('over') > 10.5);
  t.true(stream.pixels('under') < 0.5);
  await stream.until(at(11), () => stream.notes.length === 2);
  t.regex(stream.notes[1] ?? '', /over by up to 1[12]\.\d pixels/);
  const other = await MovingBracket.load(640, 426, 320, 180);
  await stream.until((n) => other.set(n, [[60, 60], [60, 60], [60, 60]]), () => stream.pixels('over') < 0.5);
});

test.serial('a set that lacks the reference is lined up by way of it', async (t) => {
  const [stream, pictures] = [await Stream.start(t, 'auto'), await scene];
  const maps = [turned(0, 8, -4), undefined, turned(0, -6, 2)];
  const make = (n: number): ExposureSet => ({ ...pictures.set(n, STILL, { maps }), missing: [] });
  await stream.until(make, () => stream.pixels('under') > 7 && stream.pixels('over') > 5);
  const { frames, ...set } = make(5000);
  const without = (): ExposureSet => ({ ...set, frames: [frames[0], frames[2]].map((frame) => ({ ...frame, payload: frame.payload.slice() })), branches: ['under', 'over'], missing: ['mid'] });
  const linedUp = await stream.next(without);
  const off = await Stream.start(t, 'off');
  // The look of whole sets is kept in those that lack one.
  for (let n = 0; n < 8; n += 1) await off.next(make);
  const asIs = await off.next(without);
  const truth = await off.next(() => {
    const plain = pictures.set(0, STILL, { maps: [maps[0], undefined, maps[0]] });
    return { ...plain, frames: [plain.frames[0], plain.frames[2]], branches: ['under', 'over'], missing: ['mid'] };
  });
  t.true(likeness(truth, linedUp, 24) > likeness(truth, asIs, 24) + 3, `${likeness(truth, asIs, 24)} dB as it is, ${likeness(truth, linedUp, 24)} dB`);
});

for (const [name, picture] of Object.entries(HOSTILE)) {
  test.serial(`${name}: the picture is the very one that it is without lining up`, async (t) => {
    for (const oneCamera of [false, true]) {
      const [auto, off] = [await Stream.start(t, 'auto'), await Stream.start(t, 'off')];
      // A second apart: each set is looked at, or searched, unless that was in vain.
      const make = (n: number): ExposureSet => MovingBracket.of(n, [3 * n + 1, 3 * n + 2, 3 * n + 3].map((seed) => picture(seed)), { oneCamera, interval: 1_000_000_000n });
      for (let n = 0; auto.told < 4; n += 1) {
        t.deepEqual((await auto.next(() => make(n))).payload, (await off.next(() => make(n))).payload, `set ${n}`);
        // The thread answers through the event loop, and is asked again only then.
        await new Promise((resolve) => setTimeout(resolve, 50));
        if (n > 400) return t.fail('Nobody looked.');
      }
      t.is(Math.max(auto.pixels('under'), auto.pixels('over')), 0);
    }
  });
}

test.serial('pictures that are too small are taken as they are, and only who has asked is told, once', async (t) => {
  const small = (n: number): ExposureSet => MovingBracket.of(n, [30, 90, 200].map((code) => ({ data: new Uint8Array(62 * 80).fill(code), width: 62, height: 80, stride: 62, range: 'full' as const })));
  for (const alignAsked of [true, false]) {
    const stream = new Stream('auto', alignAsked);
    await stream.fuser.start();
    t.teardown(() => stream.fuser.close());
    for (let n = 0; n < 3; n += 1) await stream.next(small);
    t.deepEqual(stream.notes, alignAsked ? ['Pictures of 62x80 are too small to be lined up: they are taken as they are. At least 64 pixels a side are needed.'] : []);
  }
});

test.serial('nobody has to ask for it', async (t) => {
  const pictures = await scene;
  const maps = [turned(0.4, 6.3, -3.4), undefined, turned(-0.3, -9.2, 4.1)];
  const [sets, fused] = [new Subject<ExposureSet>(), [] as Frame[]];
  const stage = sets.pipe(ipl({ threads: 1, order: ['under', 'mid', 'over'], onWarning: (message) => t.log(message) })).subscribe((frame) => fused.push(frame));
  t.teardown(() => stage.unsubscribe());
  const wait = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));
  while (!sets.observed) await wait();
  const truth = await straight(t);
  const given = pictures.set(0, STILL, { maps });
  const gain = (): number => likeness(truth, fused.at(-1) as Frame, 24) - likeness(truth, fused[0], 24);
  for (let n = 0; n < 400 && !(n > 0 && gain() > 6); n += 1) {
    sets.next({ ...given, frames: given.frames.map((frame) => ({ ...frame, payload: frame.payload.slice(), runningTime: BigInt(n) * 250_000_000n })) });
    while (fused.length <= n) await wait();
  }
  t.true(gain() > 6, `${gain()} dB`);
});
