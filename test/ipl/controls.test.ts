/** What may be changed while the stage runs. */
import test from 'ava';
import { firstValueFrom, of, Subject } from 'rxjs';
import type { ExposureSet, Frame } from '../../plugin/core/frames/frame';
import { LiveParameters } from '../../plugin/core/live-parameters';
import { ipl, type IplOptions } from '../../plugin/ipl';
import { CONTROLS, liveParameters } from '../../plugin/ipl/controls';
import { controlsOf } from '../../plugin/ipl/look-options';
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
  t.deepEqual(parameters.map(({ name }) => name), ['strength', 'highlights', 'shadows', 'bias', 'saturation', 'denoise', 'freeze', 'weights']);
  for (const parameter of parameters) {
    if (parameter.kind === 'number') parameter.set(parameter.min);
    if (parameter.kind === 'boolean') parameter.set(true);
  }
  t.deepEqual(controls, { strength: 0, highlights: 0, shadows: 0, bias: -2, saturation: 0, denoise: 0, freeze: true, weights: true });
});

test('the look begins as the options say, stays live, and goes back there', (t) => {
  const look = { strength: 0.9, highlights: 0.75, shadows: 0.25, bias: -0.5, saturation: 1.3, denoise: 0.4 };
  const controls = { ...controlsOf(look) };
  t.deepEqual(controls, { ...CONTROLS, ...look });
  const parameters = new LiveParameters();
  parameters.add('fused', liveParameters(controls));
  parameters.set('fused.shadows', 0.5);
  t.is(controls.shadows, 0.5);
  const shadows = parameters.entries().find(([name]) => name === 'fused.shadows')?.[1];
  t.like(shadows, { kind: 'number', min: 0, max: 1, default: 0.25 });
  for (const value of [-0.1, 1.1, NaN, '0.5', undefined]) {
    t.throws(() => parameters.set('fused.highlights', value), { message: /^Live parameter "fused\.highlights": expected a number from 0 to 1, but got / });
  }
  t.is(controls.highlights, 0.75);
});

test('options of highlights and shadows that mean nothing are refused with a sentence', (t) => {
  for (const name of ['highlights', 'shadows']) {
    for (const value of [1.01, -1, NaN, '', 'much', true, [1]] as never[]) {
      t.throws(() => ipl({ [name]: value }), { message: new RegExp(`^Option "${name}": expected a number from 0 to 1, but got `) });
    }
    t.notThrows(() => ipl({ [name]: 0.5 }));
  }
  for (const wrong of [{ strength: 1.1 }, { bias: 3 }, { saturation: -1 }, { denoise: 2.5 }]) t.throws(() => ipl(wrong), { message: new RegExp(`^Option "${Object.keys(wrong)[0] ?? ''}": expected a number from `) });
});

test('what the operator is given holds where the controls say nothing', async (t) => {
  const fuse = async (options: IplOptions): Promise<Frame> => firstValueFrom(of(paintSet('I420', 320, 180, 0)).pipe(ipl({ threads: 1, ...options })));
  t.deepEqual((await fuse({ strength: 0 })).payload, (await fuse({ highlights: 0, shadows: 0 })).payload);
  const [none, live, all] = [await fuse({ highlights: 0, shadows: 0 }), await fuse({ highlights: 0, shadows: 0, controls: { highlights: 1, shadows: 1 } }), await fuse({})];
  t.notDeepEqual(none.payload, all.payload);
  t.deepEqual(live.payload, all.payload);
});

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 10));
