/** With a rig exposures are lined up from the first picture on: watched, or taken as the file says. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { ExposureSet, Frame } from '../../plugin/core/frames/frame';
import { Conditions } from '../../plugin/core/metrics/conditions';
import type { Homography } from '../../plugin/ipl/kernels/homography';
import { DEFAULT_MODEL } from '../../plugin/ipl/network/read-model';
import { SetFuser } from '../../plugin/ipl/set-fuser';
import { temporaryFolder } from '../support/folder';
import { stands, STILL } from '../support/rig';
import { likeness, MovingBracket } from './moving';

const SIZE = { width: 480, height: 270 };
const scene = MovingBracket.load(1280, 852, SIZE.width, SIZE.height);
const UNDER = stands(SIZE, 0.5, 12, -5, 1.01);
const OVER = stands(SIZE, -0.3, -8, 3, 0.995);
const folder = temporaryFolder();
let files = 0;

function rigFile(change: object = {}, under: Homography = UNDER): string {
  const file = path.join(folder, `rig${(files += 1)}.json`);
  writeFileSync(file, JSON.stringify({ kind: 'gst-ipl rig', version: 1, ...SIZE, reference: 'mid', branches: { under: { homography: under, agreement: { without: 0.1, with: 0.7 } }, over: { homography: OVER } }, ...change }));
  return file;
}

class Stream {
  readonly figures = new Map<string, number>();
  readonly reported = new Map<string, number[]>();
  readonly notes: string[] = [];
  readonly news: string[] = [];
  readonly conditions = new Conditions(({ state, name, message }) => this.news.push(`${name} ${state}: ${message}`));
  readonly fuser: SetFuser;

  constructor(align: 'auto' | 'off', rig = '') {
    this.fuser = new SetFuser({ model: DEFAULT_MODEL, slice: 4, threads: 1, order: ['under', 'mid', 'over'], reference: 'middle', align, rig }, {
      warn: (message) => this.news.push(message),
      notify: (message) => this.notes.push(message),
      report: (name, value, labels) => {
        const key = `${name} ${labels?.branch ?? ''}`;
        this.figures.set(key, value);
        this.reported.set(key, [...(this.reported.get(key) ?? []), value]);
      },
      condition: (name, settings) => this.conditions.of(name, settings),
    });
  }

  static async start(t: ExecutionContext, align: 'auto' | 'off', rig = ''): Promise<Stream> {
    const stream = new Stream(align, rig);
    await stream.fuser.start();
    t.teardown(async () => {
      await stream.fuser.close();
      stream.conditions.close();
    });
    return stream;
  }

  pixels(branch: string): number {
    return this.figures.get(`fusion_alignment_pixels ${branch}`) ?? 0;
  }

  async next(set: ExposureSet): Promise<Frame> {
    const frame = await this.fuser.fuse(set);
    if (!frame) throw new Error('The picture was lost.');
    return frame;
  }

  async until(make: (number: number) => ExposureSet, holds: () => boolean): Promise<void> {
    for (let n = 1; n < 4000; n += 1) {
      await this.next(make(n));
      if (holds()) return;
      // What looks has a thread that stands back.
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    throw new Error(`It did not come to pass: ${JSON.stringify([...this.figures])} ${this.news.join(' ')}`);
  }
}

/** Sets of cameras at rest, a look of each: some are made, and come again and again, later each time. */
async function resting(maps: readonly (Homography | undefined)[], noise = 1): Promise<(number: number) => ExposureSet> {
  const bracket = await scene;
  const made = Array.from({ length: noise > 0 ? 12 : 1 }, (_, n) => bracket.set(n, STILL, { maps: [...maps], noise }));
  return (number) => {
    const { frames, ...set } = made[number % made.length];
    return { ...set, frames: frames.map((frame) => ({ ...frame, payload: frame.payload.slice(), runningTime: BigInt(number) * 5_000_000_000n })) };
  };
}

/** What a stream of exposures that coincide becomes. */
async function straight(t: ExecutionContext): Promise<Frame> {
  const stream = await Stream.start(t, 'off');
  return stream.next((await scene).set(0, STILL));
}

const apart = async (number: number, under: Homography = UNDER): Promise<ExposureSet> => (await scene).set(number, STILL, { maps: [under, undefined, OVER] });

for (const align of ['auto', 'off'] as const) {
  test.serial(`align: ${align}: the very first picture is lined up, and told of`, async (t) => {
    const [truth, asIs] = [await straight(t), await (await Stream.start(t, 'off')).next(await apart(0))];
    const stream = await Stream.start(t, align, rigFile());
    const linedUp = await stream.next(await apart(0));
    const [before, after] = [likeness(truth, asIs, 32), likeness(truth, linedUp, 32)];
    t.log(`${before.toFixed(1)} dB as they come, ${after.toFixed(1)} dB by the rig`);
    t.true(after > before + 6, `${before} dB as they come, ${after} dB by the rig`);
    t.true(stream.pixels('under') > 12 && stream.pixels('over') > 7, JSON.stringify([...stream.figures]));
    t.is(stream.notes.length, 1, stream.notes.join(' '));
    t.regex(stream.notes[0] ?? '', /Lined up: (under|over) by up to \d+\.\d pixels; (under|over) by up to \d+\.\d pixels\./);
    t.deepEqual(stream.news, []);
    const { reference, exposures } = linedUp.lineUp ?? { reference: '', exposures: [] };
    t.is(reference, 'mid');
    t.deepEqual(exposures.map(({ name, homography }) => [name, homography !== undefined]), [['under', true], ['mid', false], ['over', true]]);
    t.is(asIs.lineUp, undefined, 'Nobody asked.');
    // Forgotten is what pictures showed, not what the file says.
    stream.fuser.reset();
    t.deepEqual((await stream.next(await apart(0))).payload, linedUp.payload);
  });
}

test.serial('a rig that stands is watched, and what its file says stays to the last digit', async (t) => {
  const stream = await Stream.start(t, 'auto', rigFile());
  const first = await stream.next(await apart(0));
  const make = await resting([UNDER, undefined, OVER]);
  await stream.until(make, () => (stream.reported.get('fusion_alignment_pixels under')?.length ?? 0) > 24);
  // The other shows little at a corner, at this size: with noise it may be followed for a moment, and comes back.
  t.is(new Set(stream.reported.get('fusion_alignment_pixels under')).size, 1);
  t.true((stream.figures.get('fusion_alignment_confidence under') ?? 0) > 0.3);
  stream.fuser.reset();
  t.deepEqual((await stream.next(await apart(0))).payload, first.payload);
  t.deepEqual(stream.news, []);
});

test.serial('a camera that was knocked is followed, and the file is told to be old; with align: off it is not looked at', async (t) => {
  const [make, back] = [await resting([stands(SIZE, 0.5, 17, -3, 1.01), undefined, OVER], 0), await resting([UNDER, undefined, OVER], 0)];
  const [auto, off] = [await Stream.start(t, 'auto', rigFile()), await Stream.start(t, 'off', rigFile())];
  await auto.next(await apart(0));
  const before = await off.next(await apart(0));
  await auto.until(make, () => auto.news.length > 0);
  t.regex(auto.news[0] ?? '', /^knocked begins: Cameras do not stand as the rig says: under by [45]\.\d pixels\. .*calibrate the rig anew/);
  t.true(Math.abs(auto.pixels('over') - off.pixels('over')) < 0.5);
  const truth = await straight(t);
  const [followed, taken] = [await auto.next(make(5000)), await off.next(make(5000))];
  t.true(likeness(truth, followed, 40) > likeness(truth, taken, 40) + 3, `${likeness(truth, followed, 40)} dB followed, ${likeness(truth, taken, 40)} dB as the file says`);
  t.true(likeness(truth, before, 40) > likeness(truth, taken, 40));
  // Back where it was, the rig is right again.
  await auto.until((n) => back(6000 + n), () => auto.news.some((text) => text.startsWith('knocked ends')));
});

test.serial('a set that lacks the reference is lined up by way of it from the first on', async (t) => {
  const off = await Stream.start(t, 'off');
  const both = async (maps: (Homography | undefined)[]): Promise<ExposureSet> => {
    const { frames, ...set } = (await scene).set(0, STILL, { maps });
    return { ...set, frames: [frames[0], frames[2]] as Frame[], branches: ['under', 'over'], missing: ['mid'] };
  };
  const whole = async (): Promise<ExposureSet> => ({ ...(await apart(0)), missing: [] });
  // Whole sets teach the look of others: here as of exposures that coincide.
  await off.next({ ...(await scene).set(0, STILL), missing: [] });
  const asIs = await off.next(await both([UNDER, undefined, OVER]));
  const truth = await off.next(await both([UNDER, undefined, UNDER]));
  for (const align of ['auto', 'off'] as const) {
    const stream = await Stream.start(t, align, rigFile());
    await stream.next(await whole());
    const linedUp = await stream.next(await both([UNDER, undefined, OVER]));
    t.true(likeness(truth, linedUp, 32) > likeness(truth, asIs, 32) + 3, `${align}: ${likeness(truth, asIs, 32)} dB as it is, ${likeness(truth, linedUp, 32)} dB`);
  }
});

test.serial('a rig of other cameras ends the run; another size of the same shape is the rig, another shape is told of', async (t) => {
  for (const align of ['auto', 'off'] as const) {
    const other = await Stream.start(t, align, rigFile({ reference: 'left' }));
    await t.throwsAsync(other.next(await apart(0)), { code: 'bad-option', message: /is of 3 branches, left, under, over, and the exposures are 3: under, mid, over/ });
    const shape = await Stream.start(t, align, rigFile({ height: 360 }));
    await t.throwsAsync(shape.next(await apart(0)), { code: 'bad-exposures', message: /was found in pictures of 480x360, and these are of another shape: 480x270/ });

  }
  const large = await Stream.start(t, 'off', rigFile());
  const wide = await MovingBracket.load(1280, 852, 960, 540);
  await large.next(wide.set(0, [[100, 100], [100, 100], [100, 100]]));
  t.true(large.pixels('under') > 24 && large.pixels('under') < 34, `${large.pixels('under')}`);
  const tall = await MovingBracket.load(1280, 852, 480, 480);
  const square = tall.set(1, STILL);
  const unaligned = await (await Stream.start(t, 'off')).next(tall.set(1, STILL));
  t.deepEqual((await large.next(square)).payload, unaligned.payload);
  t.regex(large.news[0] ?? '', /^rig begins: .*another shape: 480x480\. Exposures are lined up as without it\./);
  await large.next(await apart(2));
  t.regex(large.news[1] ?? '', /^rig ends: Frames have the shape of the rig again/);
});

test('options that contradict a rig are refused before anything starts', (t) => {
  t.throws(() => new Stream('off', '/nowhere/rig.json'), { code: 'missing-file' });
});
