/**
 * What a set costs beside what another checkout of this project takes for the same set: both in one process, in turns.
 *
 *     git worktree add ../before COMMIT && (cd ../before && npm ci && npm run build)
 *     npm run build && node scripts/bench.js bench/speed/against.ts ../before [--size 3840x2160] [--exposures 3] [--rounds 40]
 *
 * Processor time of one fusion thread's work, from payloads to the fused picture (statistics, network, blend; nothing is lined up), the least and the
 * median of the rounds, and this checkout's as a multiple of the other's. Sets: one that moves and has no noise, the same with noise of 2 codes, and
 * one with a light that the reference loses over a third of the picture.
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { planeLayout, type PlaneLayout } from '../../plugin/core/frames/video-layout';
import type { FusionEngine } from '../../plugin/ipl/engine/fusion-engine';
import { fillPicture } from './pictures';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { size: { type: 'string', default: '3840x2160' }, exposures: { type: 'string', default: '3' }, rounds: { type: 'string', default: '40' } },
});
const [width, height] = options.size.split('x').map(Number) as [number, number];
const [exposures, rounds] = [Number(options.exposures), Number(options.rounds)];
const WARM_UP = 5;
const SETS = 4;

/** The engine of a checkout that is built. */
async function engineOf(folder: string): Promise<FusionEngine> {
  const load = async <T>(name: string): Promise<T> => (await import(path.resolve(folder, 'dist', 'ipl', name))) as T;
  const { FusionEngine: Engine } = await load<typeof import('../../plugin/ipl/engine/fusion-engine')>('engine/fusion-engine.js');
  const { FusionKernels } = await load<typeof import('../../plugin/ipl/kernels')>('kernels/index.js');
  const { loadModel, DEFAULT_MODEL } = await load<typeof import('../../plugin/ipl/network/model')>('network/model.js');
  return new Engine(await loadModel(DEFAULT_MODEL), await FusionKernels.load(), { sliceBands: 4 });
}

function setOf(layout: PlaneLayout, time: number, noise: number, light: boolean): Uint8Array[] {
  return Array.from({ length: exposures }, (_, exposure) => {
    const payload = new Uint8Array(layout.size);
    fillPicture(payload, layout, exposure, exposures, time, noise);
    // White in all but the darkest, which shows something there.
    const rows = Math.floor(height / 3) * width;
    for (let at = 0; light && at < rows; at += 1) payload[at] = exposure === 0 ? 120 + ((payload[at] ?? 0) >> 2) : 235;
    return payload;
  });
}

async function measure(name: string, engines: readonly FusionEngine[], noise: number, light: boolean): Promise<void> {
  const layout = planeLayout('NV12', width, height);
  const sets = Array.from({ length: SETS }, (_, time) => setOf(layout, time, noise, light));
  const times: number[][] = engines.map(() => []);
  const payloads = Array.from({ length: exposures }, () => new Uint8Array(layout.size));
  for (let round = -WARM_UP; round < rounds; round += 1) {
    // Who begins has a colder cache.
    const order = [...engines.keys()];
    if (round % 2 !== 0) order.reverse();
    for (const which of order) {
      for (const [at, payload] of payloads.entries()) payload.set(sets[(round + WARM_UP) % SETS]?.[at] ?? payload);
      const before = process.cpuUsage();
      await engines[which]?.fuse({ payloads, layout, range: 'limited', reference: (exposures - 1) >> 1 });
      const { user, system } = process.cpuUsage(before);
      if (round >= 0) times[which]?.push((user + system) / 1000);
    }
  }
  const [now, other] = times.map((list) => [...list].sort((a, b) => a - b));
  const figure = (list: readonly number[] = [], at = 0): number => list[Math.floor(at * (list.length - 1))] ?? NaN;
  const row = ([0, 0.5] as const).map((at) => [figure(now, at), figure(other, at)] as const);
  const text = row.map(([a, b]) => `${a.toFixed(1)} / ${b.toFixed(1)} ms, ${(a / b).toFixed(2)}`);
  console.log(`${name.padEnd(32)} least ${text[0] ?? ''}   median ${text[1] ?? ''}`);
}

async function main(): Promise<void> {
  const [other] = positionals;
  if (other === undefined) throw new Error('Name the folder of the checkout to compare with: node scripts/bench.js bench/speed/against.ts FOLDER');
  const engines = [await engineOf(path.join(__dirname, '..', '..')), await engineOf(other)];
  console.log(`${width}x${height}, ${exposures} exposures, ${rounds} rounds: this checkout / ${other}, and the ratio`);
  await measure('moving', engines, 0, false);
  await measure('moving, noise of 2 codes', engines, 2, false);
  await measure('moving, a lost light', engines, 0, true);
}

void main();
