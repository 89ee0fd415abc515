/** What several nodes receive is marked, and nothing else is done to it. */
import test from 'ava';
import type { ExposureSet, Frame } from '../../../plugin/core/frames/frame';
import { markShared } from '../../../plugin/graph/run/shared-items';

/** A frame whose payload is parked until somebody reads it. */
function parked(): { frame: Frame; reads(): number } {
  let reads = 0;
  const payload = new Uint8Array(1);
  const frame = {
    kind: 'frame',
    get payload() {
      reads += 1;
      return payload;
    },
    runningTime: 0n,
    duration: 1n,
    shared: false,
    origins: [],
  } as unknown as Frame;
  return { frame, reads: () => reads };
}

test('a picture that several receive stays parked until one of them reads it', (t) => {
  const [one, two] = [parked(), parked()];
  const marked = markShared(one.frame) as Frame;
  const set = markShared({ kind: 'exposures', frames: [two.frame], branches: ['mid'], origins: [] }) as ExposureSet;
  t.deepEqual([marked.shared, set.frames[0]?.shared, one.frame.shared], [true, true, false]);
  t.deepEqual([one.reads(), two.reads()], [0, 0]);
  t.is(marked.payload, one.frame.payload);
  t.is(set.frames[0]?.payload, two.frame.payload);
});
