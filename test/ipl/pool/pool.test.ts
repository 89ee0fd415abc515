/** The pool keeps the scenes of the kinds of sets that come and go, and no more. */
import test from 'ava';
import { planeLayout } from '../../../plugin/core/frames/video-layout';
import { FusionPool } from '../../../plugin/ipl/pool/fusion-pool';
import { DEFAULT_MODEL } from '../../../plugin/ipl/network/read-model';
import { GAINS, paint } from '../pictures';

const LAYOUT = planeLayout('I420', 160, 96);

test('a scene that others have pushed out begins anew; one that they have not goes on', async (t) => {
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
