/** The pool keeps the scenes of the kinds of sets that come and go, and no more; its threads serve the next pool. */
import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import workers from 'node:worker_threads';
import test from 'ava';
import { endKeptThreads } from '../../../plugin/core/kept-threads';
import { planeLayout } from '../../../plugin/core/frames/video-layout';
import type { HdrSettings } from '../../../plugin/ipl/hdr/merge-task';
import { FusionPool } from '../../../plugin/ipl/pool/fusion-pool';
import { DEFAULT_MODEL } from '../../../plugin/ipl/network/read-model';
import { GAINS, paint } from '../pictures';

let started = 0;
const OriginalWorker = workers.Worker;
workers.Worker = class extends OriginalWorker {
  constructor(...given: ConstructorParameters<typeof OriginalWorker>) {
    super(...given);
    started += 1;
  }
};

const LAYOUT = planeLayout('I420', 160, 96);

test.serial('a scene that others have pushed out begins anew; one that they have not goes on', async (t) => {
  const pool = new FusionPool({ model: DEFAULT_MODEL, sliceBands: 4, threads: 1 });
  await pool.start();
  t.teardown(() => pool.close());
  /** @returns how many slices kept what an earlier picture of their scene, which was the same, left */
  const fuse = async (kind: string): Promise<number> => {
    const payloads = async (): Promise<Uint8Array[]> => GAINS.map((gain) => paint(LAYOUT, gain, 0));
    const outcome = await pool.fuse({ layout: LAYOUT, range: 'limited', reference: 1 }, GAINS.length, payloads, kind);
    if (!('picture' in outcome)) throw new Error('nothing fused');
    return outcome.picture.report.reused;
  };
  const after = async (others: number): Promise<number> => {
    pool.reset();
    await fuse('first');
    for (let other = 0; other < others; other += 1) await fuse(`other ${other}`);
    return fuse('first');
  };
  t.true((await after(7)) > 0);
  t.is(await after(8), 0);
});

const HDR: HdrSettings = { output: 'hlg', curve: 'srgb', peak: 1000, referenceWhite: 203, primaries: 'bt709' };

/** @returns pictures of a pool of its own, and how many threads there were to start */
async function fuseApart(hdr: boolean): Promise<{ pictures: string[]; new: number }> {
  const before = started;
  const pool = new FusionPool({ model: DEFAULT_MODEL, sliceBands: 4, threads: 1, hdr });
  await pool.start();
  const merge = { places: [0, 1, 2], declared: [-2, 0, 2], colorimetry: { range: 'limited', matrix: 'bt709' }, settings: HDR } as const;
  const pictures: string[] = [];
  for (const time of [0, 1, 2]) {
    const payloads = async (): Promise<Uint8Array[]> => GAINS.map((gain) => paint(LAYOUT, gain, time));
    const task = { layout: LAYOUT, range: 'limited', reference: 1, ...(hdr ? { hdr: merge } : {}) } as const;
    const outcome = await pool.fuse(task, GAINS.length, payloads, '');
    if (!('picture' in outcome)) throw new Error(JSON.stringify(outcome));
    pictures.push(createHash('sha256').update(outcome.picture.payload).digest('hex'));
  }
  await pool.close();
  return { pictures, new: started - before };
}

test.serial('a thread serves one pool after the other, of any kind: pictures are those of a new one', async (t) => {
  await endKeptThreads();
  const first = await fuseApart(false);
  const other = await fuseApart(true);
  const again = await fuseApart(false);
  const otherAgain = await fuseApart(true);
  t.deepEqual([first, other, again, otherAgain].map((each) => each.new), [1, 0, 0, 0]);
  t.deepEqual(again.pictures, first.pictures);
  t.deepEqual(otherAgain.pictures, other.pictures);
  t.notDeepEqual(other.pictures, first.pictures);
});

test.serial('a pool that is closed while it fuses gives its thread back once the picture is there', async (t) => {
  const { pictures } = await fuseApart(false);
  const pool = new FusionPool({ model: DEFAULT_MODEL, sliceBands: 4, threads: 1 });
  await pool.start();
  const payloads = async (): Promise<Uint8Array[]> => GAINS.map((gain) => paint(LAYOUT, gain, 0));
  const fusing = pool.fuse({ layout: LAYOUT, range: 'limited', reference: 1 }, GAINS.length, payloads, '');
  await pause(1);
  await Promise.all([pool.close(), fusing]);
  const after = await fuseApart(false);
  t.is(after.new, 0);
  t.deepEqual(after.pictures, pictures);
});
