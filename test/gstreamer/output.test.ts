/** Outputs that fail and come again, whatever happens to the clock on the wall. */
import test from 'ava';
import { GstIplError } from '../../plugin';
import { Output } from '../../plugin/gstreamer/output/output';
import { makeFrame, pause } from '../support/frames';

const HOUR = 3_600_000;

test.serial('the clock on the wall is set back and ahead by hours during an outage: pauses are as long as ever, and it is told how long it was', async (t) => {
  const wall = Date.now;
  t.teardown(() => (Date.now = wall));
  const attempts: number[] = [];
  const outages: number[] = [];
  const output = new Output(
    { node: 'air', endsAtNewCaps: false },
    {
      launch() {
        attempts.push(performance.now());
        if (attempts.length > 2) return 'fakesink sync=false';
        throw new GstIplError('pipeline-failed', 'Nobody listens.');
      },
      onLost: () => undefined,
      onRestored: ({ seconds }) => outages.push(seconds),
    },
  );
  const set = [0, -HOUR, 3 * HOUR];
  for (let index = 0; outages.length === 0; index += 1) {
    await output.write(makeFrame(index * 10));
    const by = set[attempts.length] ?? HOUR;
    Date.now = () => wall() + by;
    await pause(10);
  }
  await output.close();
  const [first = 0, second = 0, third = 0] = attempts;
  // A busy machine may be late, by seconds and not by hours.
  t.true(second - first >= 500 && second - first < 60_000, `${second - first}`);
  t.true(third - second >= 1000 && third - second < 60_000, `${third - second}`);
  t.is(outages.length, 1);
  t.true(Math.abs((outages[0] ?? 0) - (third - first) / 1000) < 60, `${outages.join()}`);
});

test.serial('an end while a peer is still being waited for is no return of it', async (t) => {
  let attempts = 0;
  const told: string[] = [];
  const output = new Output(
    { node: 'air', endsAtNewCaps: false },
    {
      launch() {
        attempts += 1;
        // It takes a frame, and is done with it in an hour.
        if (attempts > 1) return 'fakesink sync=true async=false ts-offset=3600000000000';
        throw new GstIplError('pipeline-failed', 'Nobody listens.');
      },
      onLost: () => told.push('lost'),
      onRestored: () => told.push('restored'),
    },
  );
  let pending: Promise<boolean> = Promise.resolve(true);
  for (let index = 0, waits = false; !waits; index += 1) {
    pending = output.write(makeFrame(index * 10));
    waits = (await Promise.race([pending, pause(attempts > 1 ? 2_200 : 100).then(() => 'waits')])) === 'waits';
  }
  await output.close();
  t.false(await pending);
  t.deepEqual(told, ['lost']);
  t.is(output.deliveredFrames, 0);
});
