/** What may be changed while the stage runs. */
import test from 'ava';
import { Subject } from 'rxjs';
import type { ExposureSet, Frame } from '../../plugin/core/frames/frame';
import { ipl } from '../../plugin/ipl';
import { CONTROLS, liveParameters } from '../../plugin/ipl/controls';
import { paintSet } from './pictures';

test('a frozen picture stands still while time goes on; controls are read for every set', async (t) => {
  const controls = { freeze: false, weights: false };
  const sets = new Subject<ExposureSet>();
  const frames: Frame[] = [];
  const done = new Promise<void>((complete, error) => {
    sets.pipe(ipl({ threads: 1, controls })).subscribe({ next: (frame) => frames.push(frame), complete, error });
  });
  while (!sets.observed) await pause();
  const fuse = async (time: number): Promise<Frame | undefined> => {
    sets.next(paintSet('I420', 320, 180, time));
    while (frames.length <= time) await pause();
    return frames[time];
  };
  const [moving, standing] = [await fuse(0), ((controls.freeze = true), await fuse(1))];
  const still = await fuse(2);
  t.notDeepEqual(standing?.payload, moving?.payload);
  t.is(still?.payload, standing?.payload);
  t.true(standing?.shared && still?.shared);
  t.deepEqual(frames.map(({ runningTime }) => runningTime), [0, 1, 2].map((time) => BigInt(time) * 33_333_333n + 1n));
  Object.assign(controls, { freeze: false, weights: true });
  const free = await fuse(3);
  t.notDeepEqual(free?.payload, standing?.payload);
  t.is(still?.weightMap, undefined);
  t.deepEqual(free?.weightMap?.exposures, ['gain0.25', 'gain1', 'gain4']);
  sets.complete();
  await done;
});

test('live parameters change the controls', (t) => {
  const controls = { ...CONTROLS };
  const parameters = liveParameters(controls);
  t.deepEqual(parameters.map(({ name }) => name), ['strength', 'bias', 'saturation', 'denoise', 'freeze', 'weights']);
  for (const parameter of parameters) {
    if (parameter.kind === 'number') parameter.set(parameter.min);
    if (parameter.kind === 'boolean') parameter.set(true);
  }
  t.deepEqual(controls, { strength: 0, bias: -2, saturation: 0, denoise: 0, freeze: true, weights: true });
});

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 10));
