/** Exposure ratios are found in the pixels, whatever moves, clips or is noisy. */
import test from 'ava';
import { curveOf } from '../../../plugin/ipl/hdr/curves';
import { HdrScene } from '../../../plugin/ipl/hdr/hdr-scene';
import { sampleLight } from '../../../plugin/ipl/hdr/light-samples';
import { measureStep } from '../../../plugin/ipl/hdr/ratios';
import type { MergeTask } from '../../../plugin/ipl/hdr/merge-task';
import { bracket, randomNumbers, type BracketSettings, type SceneLight } from './brackets';

const [WIDTH, HEIGHT] = [320, 180];

/** A smooth picture of eleven stops: clouds of waves in all sizes. */
function clouds(seed: number, brightness: number): SceneLight {
  const random = randomNumbers(seed);
  const waves = Array.from({ length: 12 }, (_, index) => ({ x: (random() - 0.5) * 0.3 * (1 + index), y: (random() - 0.5) * 0.3 * (1 + index), phase: 6 * random(), size: 3 / (2 + index) }));
  return (x, y) => {
    const stops = waves.reduce((sum, wave) => sum + wave.size * Math.sin(wave.x * x * 0.2 + wave.y * y * 0.2 + wave.phase), brightness);
    return [2 ** (stops + 0.3 * Math.sin(x / 40)), 2 ** stops, 2 ** (stops - 0.3 * Math.sin(y / 30))];
  };
}

/** Another scene in a part of the pictures, another one in each exposure. */
const moving = (scene: SceneLight, share: number): SceneLight => (x, y, exposure) =>
  x < share * WIDTH ? clouds(50 + exposure, -2)(x + 20 * exposure, y, exposure) : scene(x, y, exposure);

/** Errors of the ratios, of one. */
function errors(task: MergeTask, times: readonly number[]): number[] {
  const samples = sampleLight(task);
  const clip = curveOf(task.settings.curve).clip - 0.06;
  return times.slice(1).map((time, index) => {
    const [darker, brighter] = [samples[index], samples[index + 1]];
    const declared = (task.declared[index + 1] ?? 0) - (task.declared[index] ?? 0);
    const step = darker && brighter && measureStep(darker, brighter, declared, clip);
    return step ? Math.abs(2 ** step.ev / (time / (times[index] ?? 1)) - 1) : NaN;
  });
}

test('over many brackets: within 1 % in the middle, 4 % at worst', (t) => {
  const all: number[] = [];
  for (let seed = 1; seed <= 5; seed += 1) {
    const random = randomNumbers(seed);
    const off = (): number => (random() - 0.5) * 0.4;
    const times = [2 ** (-2 + off()), 1, 2 ** (2 + off())];
    const common: Omit<BracketSettings, 'scene'> = {
      format: seed % 3 === 0 ? 'I420_10LE' : 'I420', width: WIDTH, height: HEIGHT, range: 'limited', ev: [-2, 0, 2], times, noise: seed % 4,
      curve: (['srgb', 'bt709', 'slog3', 'hlg'] as const)[seed % 4],
    };
    const scene = clouds(seed, -3);
    // As it is; half of it in motion; half of it clipped.
    for (const each of [scene, moving(scene, 0.4), clouds(seed, -0.5)]) all.push(...errors(bracket({ ...common, scene: each }), times));
  }
  const found = all.filter((error) => !Number.isNaN(error)).sort((a, b) => a - b);
  const [median, worst] = [found[Math.floor(found.length / 2)] ?? 1, found.at(-1) ?? 1];
  t.log(`${found.length} of ${all.length} found, median ${(100 * median).toFixed(2)} %, worst ${(100 * worst).toFixed(2)} %`);
  t.true(found.length >= 0.9 * all.length);
  t.true(median < 0.01 && worst < 0.04);
});

test('where exposures have nothing in common, nothing is said', (t) => {
  const random = randomNumbers(5);
  const values = Array.from({ length: WIDTH * HEIGHT * 3 }, () => 2 ** (-9 + 9 * random()));
  const apart: SceneLight = (x, y, exposure) => {
    const value = values[(x + y * WIDTH) * 3 + exposure] ?? 0;
    return [value, value, value];
  };
  t.true(errors(bracket({ format: 'I420', width: WIDTH, height: HEIGHT, range: 'full', ev: [-2, 0, 2], scene: apart }), [0.25, 1, 4]).every(Number.isNaN));
  const black = bracket({ format: 'I420', width: 64, height: 64, range: 'full', ev: [-2, 0, 2], scene: () => [0, 0, 0] });
  t.true(errors(black, [0.25, 1, 4]).every(Number.isNaN));
});

test('a scene goes by what was measured, slowly; what contradicts `ev` is told and not believed', (t) => {
  const scene = new HdrScene(HdrScene.allocate());
  const declared = [-2, 0, 2];
  t.deepEqual(scene.ev(declared), declared);
  t.is(scene.learn(0, 2, { ev: 2.2, cells: 1000 }), undefined);
  t.deepEqual(scene.ev(declared), [-2.2, 0, 2]);
  scene.learn(0, 2, { ev: 2.24, cells: 1000 });
  t.true(Math.abs((scene.ev(declared)[0] ?? 0) + 2.205) < 1e-9);
  t.true(Math.abs((scene.learn(1, 2, { ev: 3, cells: 1000 }) ?? 0) - 1) < 1e-9);
  t.is(scene.ev(declared)[2], 2);
});
