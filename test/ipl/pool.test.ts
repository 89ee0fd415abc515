/** The pool keeps the scenes of the kinds of sets that come and go, and no more. */
import test from 'ava';
import { planeLayout } from '../../plugin/core/video-layout';
import { FusionPool } from '../../plugin/ipl/fusion-pool';
import { DEFAULT_MODEL } from '../../plugin/ipl/model-card';
import { GAINS, paint } from './pictures';

const LAYOUT = planeLayout('I420', 160, 96);

test('a scene that others have pushed out begins anew; one that they have not goes on', async (t) => {
  const pool = new FusionPool({ model: DEFAULT_MODEL, sliceBands: 4, threads: 1 });
  await pool.start();
  t.teardown(() => pool.close());
  const fuse = async (kind: string, time: number): Promise<Buffer> => {
    const payloads = async (): Promise<Uint8Array[]> => GAINS.map((gain) => paint(LAYOUT, gain * (time === 0 ? 0.6 : 1), time));
    const outcome = await pool.fuse({ layout: LAYOUT, range: 'limited', reference: 1 }, GAINS.length, payloads, kind);
    if (!('picture' in outcome)) throw new Error('nothing fused');
    return Buffer.from(outcome.picture.payload);
  };
  const after = async (others: number): Promise<Buffer> => {
    pool.reset();
    await fuse('first', 0);
    for (let other = 0; other < others; other += 1) await fuse(`other ${other}`, 0);
    return fuse('first', 5);
  };
  pool.reset();
  const anew = await fuse('first', 5);
  t.notDeepEqual(await after(7), anew);
  t.deepEqual(await after(8), anew);
});
