/** The thread that finds how exposures lie: it answers, and nothing stops where it dies. */
import workers from 'node:worker_threads';
import test from 'ava';
import { endKeptThreads } from '../../../plugin/core/kept-threads';
import { SEARCHED } from '../../../plugin/ipl/align';
import { LumaReducer, reductionTo, type LumaPlane, type ReducedLuma } from '../../../plugin/ipl/kernels';
import { buildKernels } from '../../../plugin/ipl/kernels/build';
import { distance, IDENTITY, turnAndShift } from '../../../plugin/ipl/kernels/homography';
import { AlignThread } from '../../../plugin/ipl/pool/align-thread';
import { drawn, exposed, seenThrough } from '../align/moved';
import { random } from '../kernels/cases';

const started: workers.Worker[] = [];
const OriginalWorker = workers.Worker;
workers.Worker = class extends OriginalWorker {
  constructor(...given: ConstructorParameters<typeof OriginalWorker>) {
    super(...given);
    started.push(this);
  }
};

test.beforeEach(endKeptThreads);

const next = random(2);
const layers = [5, 11, 23, 61].map((size) => ({ size, cells: Array.from({ length: 20_000 }, () => next() - 0.5) }));
const scene = drawn(320, 180, (x, y) => layers.reduce((sum, { size, cells }) => sum + 50 * cells[Math.floor(y / size) * 200 + Math.floor(x / size)], 128));
const [shift, tilt] = [turnAndShift(0, 4.4, -2.2, 320, 180), turnAndShift(0.004, -3, 1, 320, 180)];
const planes: readonly LumaPlane[] = [exposed(seenThrough(scene, shift), -1, 1, 1), scene, exposed(seenThrough(scene, tilt), 1, 1, 2)];

// The thread keeps no process alive.
const alive = setInterval(() => undefined, 1000);
test.after.always(() => clearInterval(alive));

test.before(async () => {
  await buildKernels();
});

async function reduced(): Promise<ReducedLuma[]> {
  const reducer = await LumaReducer.load();
  return planes.map((plane) => reducer.reduce(plane, reductionTo(SEARCHED, plane.width, plane.height)));
}

test.serial('of one set some are searched, and others are looked at where they were', async (t) => {
  const thread = new AlignThread((message) => t.fail(message));
  t.true(thread.free);
  const asked = thread.ask({ planes: await reduced(), reference: 1, expected: [undefined, undefined, IDENTITY] });
  t.false(thread.free);
  t.is(await thread.ask({ planes: await reduced(), reference: 1, expected: [] }), undefined);
  const answer = await asked;
  t.true(thread.free);
  t.true(distance(answer?.motions[0]?.map ?? IDENTITY, shift, 320, 180) < 0.3);
  t.is(answer?.motions[2], undefined);
  const sight = answer?.sights[2];
  t.true(sight?.kind === 'seen' && distance(sight.map, tilt, 320, 180) < 0.4, JSON.stringify(sight));
  t.is(answer?.sights[0], undefined);
  const [one, , other] = await reduced();
  const two = await thread.ask({ planes: [one, undefined, other], reference: 2, expected: [] });
  t.truthy(two?.motions[0]);
  await thread.close();
  t.false(thread.free);
});

test.serial('it is started again where it dies, told of, and given up at the third time', async (t) => {
  const warnings: string[] = [];
  const thread = new AlignThread((message) => warnings.push(message));
  for (let death = 1; death <= 3; death += 1) {
    const asked = thread.ask({ planes: await reduced(), reference: 1, expected: [] });
    // What is no request throws where nobody catches it.
    started.at(-1)?.postMessage(null);
    const answer = await asked;
    // It may have answered before.
    if (answer) {
      while (warnings.length < death) await new Promise((resolve) => setTimeout(resolve, 10));
      if (death < 3) continue;
    }
    t.is(warnings.length, death);
    t.regex(warnings[death - 1] ?? '', /^The thread that finds how exposures lie died: /);
  }
  t.regex(warnings.join(' '), /It is started again\./);
  await thread.close();
});

test.serial('what it is closed with is answered with nothing', async (t) => {
  const thread = new AlignThread((message) => t.fail(message));
  const asked = thread.ask({ planes: await reduced(), reference: 1, expected: [] });
  await thread.close();
  t.is(await asked, undefined);
});
