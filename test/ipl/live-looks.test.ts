/** How often a rig at rest is looked at. */
import test from 'ava';
import { planeLayout } from '../../plugin/core/frames/video-layout';
import type { FusionReport } from '../../plugin/ipl/engine/fusion-task';
import { LumaReducer, reductionTo } from '../../plugin/ipl/kernels';
import { buildKernels } from '../../plugin/ipl/kernels/build';
import { LiveLineUp } from '../../plugin/ipl/live-line-up';
import { bracket, EXPOSURES } from './align/moved';

const [WIDTH, HEIGHT] = [320, 214];

test.serial('four times a second at first, then once, and each four seconds once it is sure; a clock that was set back changes nothing', async (t) => {
  await buildKernels();
  const pictures = await bracket(WIDTH, HEIGHT);
  const reducer = await LumaReducer.load();
  let told = 0;
  const lineUp = new LiveLineUp({ warn: (message) => t.fail(message), report: () => (told += 1) });
  t.teardown(() => lineUp.close());
  const set = { names: [...EXPOSURES], reference: 1, missing: [], layout: planeLayout('I420', WIDTH, HEIGHT), oneCamera: false };
  const seen: number[] = [];
  for (let frame = 0; frame < 30 * 40; frame += 1) {
    const time = BigInt(Math.round((frame * 1e9) / 30));
    const plan = lineUp.plan({ ...set, time });
    const wanted = plan?.wanted;
    if (!plan || !wanted) continue;
    // The search is answered; of looks it only counts when they are asked for.
    const aside = told > 0 ? undefined : EXPOSURES.map((name) => reducer.reduce(pictures[name], reductionTo(wanted.most, WIDTH, HEIGHT)));
    plan.learn({ aside } as unknown as FusionReport);
    if (told > 0) seen.push(frame / 30);
    while (told === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const pauses = seen.slice(1).map((at, index) => at - (seen[index] ?? 0));
  const about = (wanted: number) => (pause: number): boolean => pause >= wanted - 1e-6 && pause < wanted + 0.07;
  t.true(pauses.slice(0, 7).every(about(0.25)), pauses.join(' '));
  t.true(pauses.slice(7, 15).every(about(1)), pauses.join(' '));
  t.true(pauses.slice(15).every(about(4)) && pauses.length > 20, pauses.join(' '));
  t.truthy(lineUp.plan({ ...set, time: 1n })?.wanted);
});
