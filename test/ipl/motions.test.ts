/** Motions by branch, as a set needs them. */
import test from 'ava';
import { apply } from '../../plugin/ipl/kernels/homography';
import { motionsOf } from '../../plugin/ipl/motions';
import { SetFuser } from '../../plugin/ipl/set-fuser';
import { planeLayout } from '../../plugin/core/frames/video-layout';
import { DEFAULT_MODEL } from '../../plugin/ipl/network/model';
import { cpuEngine } from './engines';
import { turned } from './kernels/warp/motions';
import { GAINS, paint, paintSet } from './pictures';

const [low, high] = [{ homography: turned(320, 180, 1, 1.02, 5, -3) }, { homography: turned(320, 180, -2, 1, 0.5, 4), field: new Float32Array(2) }];

test('against the usual reference, motions are as they were given', (t) => {
  const given = new Map([['low', low], ['high', high]]);
  t.deepEqual(motionsOf(given, ['low', 'mid', 'high'], 1), [low, undefined, high]);
  t.deepEqual(motionsOf(given, ['mid', 'high'], 0), [undefined, high]);
  t.is(motionsOf(given, ['mid', 'other'], 0), undefined);
  t.is(motionsOf(undefined, ['low', 'mid'], 0), undefined);
});

test('against another reference, they go by way of the usual one', (t) => {
  const [toMid, none, toHigh] = motionsOf(new Map([['low', low], ['high', high]]), ['mid', 'low', 'high'], 1) ?? [];
  t.is(none, undefined);
  for (const [x, y] of [[0, 0], [319, 20], [100, 179]] as const) {
    const inLow = apply(low.homography, x, y);
    const back = apply(toMid?.homography ?? [], ...inLow);
    t.true(Math.hypot(back[0] - x, back[1] - y) < 1e-9);
    const [inHigh, direct] = [apply(toHigh?.homography ?? [], ...inLow), apply(high.homography, x, y)];
    t.true(Math.hypot(inHigh[0] - direct[0], inHigh[1] - direct[1]) < 1e-9);
  }
  // What is between the usual reference and another exposure says nothing of the way from here.
  t.is(toHigh?.field, undefined);
});

test('a fuser lines up the sets that it is given motions with, and no others', async (t) => {
  const layout = planeLayout('I420', 320, 180);
  const motion = { homography: turned(320, 180, 1, 1.01, 6.5, -3) };
  const expected = async (motions: FusionMotions): Promise<Uint8Array> => {
    const payloads = GAINS.map((gain, index) => paint(layout, gain, index / GAINS.length));
    await (await cpuEngine()).fuse({ payloads, layout, range: 'limited', reference: 1, motions });
    return payloads[1];
  };
  const fuser = new SetFuser({ model: DEFAULT_MODEL, slice: 4, threads: 1, order: 'auto', reference: 'middle' }, { warn: (message) => t.log(message) });
  await fuser.start();
  const set = (): ReturnType<typeof paintSet> => paintSet('I420', 320, 180);
  const plain = await fuser.fuse(set());
  fuser.reset();
  const linedUp = await fuser.fuse(set(), new Map([['gain4', motion]]));
  fuser.reset();
  const again = await fuser.fuse(set());
  await fuser.close();
  t.deepEqual(plain?.payload, await expected(undefined));
  t.deepEqual(linedUp?.payload, await expected([undefined, undefined, motion]));
  t.deepEqual(again?.payload, plain?.payload);
});

type FusionMotions = Parameters<Awaited<ReturnType<typeof cpuEngine>>['fuse']>[0]['motions'];
