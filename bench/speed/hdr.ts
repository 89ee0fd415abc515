/**
 * What 10 bits cost, fused to SDR and merged to HDR, beside the SDR fusion of 8 bits: in turns in one process on one thread, processor time, and the
 * median of the turns' ratios, which hold on a busy machine, too.
 *
 *     node scripts/bench.js bench/speed/hdr.ts [--size 3840x2160] [--exposures 3] [--rounds 15] [--noise 1]
 */
import { parseArgs } from 'node:util';
import { planeLayout, type PlaneLayout } from '../../plugin/core/frames/video-layout';
import { FusionEngine } from '../../plugin/ipl/engine/fusion-engine';
import { HdrEngine } from '../../plugin/ipl/hdr/hdr-engine';
import { HdrScene } from '../../plugin/ipl/hdr/hdr-scene';
import type { MergeTask } from '../../plugin/ipl/hdr/merge-task';
import { FusionKernels } from '../../plugin/ipl/kernels';
import { buildKernels } from '../../plugin/ipl/kernels/build';
import { DEFAULT_MODEL, loadModel } from '../../plugin/ipl/network/model';
import { fillPicture } from './pictures';
import { median } from './rows';

const ALONE = { wait: (): void => undefined, pass: (): void => undefined };

/** The graph element's default (plugin/ipl/index.ts, `slice`). */
const SLICE_BANDS = 4;

const { values } = parseArgs({
  options: {
    size: { type: 'string', default: '3840x2160' },
    exposures: { type: 'string', default: '3' },
    rounds: { type: 'string', default: '15' },
    noise: { type: 'string', default: '1' },
  },
});
const [width = 0, height = 0] = values.size.split('x').map(Number);
const [exposures, rounds, noise] = [values.exposures, values.rounds, values.noise].map(Number) as [number, number, number];
const reference = (exposures - 1) >> 1;

/** Two instants of a bracket of 8 bits, in I420. */
function brackets(): Uint8Array[][] {
  const layout = planeLayout('I420', width, height);
  return [0, 1].map((time) =>
    Array.from({ length: exposures }, (_, exposure) => {
      const payload = new Uint8Array(layout.size);
      fillPicture(payload, layout, exposure, exposures, time, noise);
      return payload;
    }),
  );
}

/** The same in I420_10LE. */
function deepen(payload: Uint8Array): Uint8Array {
  const samples = Uint16Array.from(payload, (code, at) => 4 * code + (at & 3));
  return new Uint8Array(samples.buffer);
}

function mergeTask(payloads: readonly Uint8Array[], layout: PlaneLayout, output: 'hlg' | 'pq', curve: 'bt709' | 'srgb'): MergeTask {
  const ev = payloads.map((_, index) => 2 * (index - reference));
  const settings = { output, curve, peak: 1000, referenceWhite: 203, primaries: 'bt709' } as const;
  return { payloads, layout, colorimetry: { range: 'limited', matrix: 'BT.709' }, reference, settings, places: [...ev.keys()], declared: ev };
}

/** Milliseconds of processor time. */
function spent(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function main(): Promise<void> {
  await buildKernels();
  const fusion = new FusionEngine(await loadModel(DEFAULT_MODEL), await FusionKernels.load(), { sliceBands: SLICE_BANDS });
  // An engine of its own: it keeps what it knows of a scene.
  const deepFusion = new FusionEngine(await loadModel(DEFAULT_MODEL), await FusionKernels.load(), { sliceBands: SLICE_BANDS });
  // An engine for each output: it keeps the tables of one.
  const merges = { hlg: await HdrEngine.load(), pq: await HdrEngine.load() };
  const sets = brackets();
  const deepSets = sets.map((payloads) => payloads.map(deepen));
  const layout = planeLayout('I420', width, height);
  const deepLayout = planeLayout('I420_10LE', width, height);
  const scene = HdrScene.allocate();
  const given = deepSets.map((payloads) => payloads[reference]?.slice() ?? new Uint8Array());
  const times = { sdr: [] as number[], deep: [] as number[], hlg: [] as number[], pq: [] as number[], statistics: [] as number[] };
  const turnOf = async (turn: number): Promise<void> => {
    const [payloads = [], deep = []] = [sets[turn % 2], deepSets[turn % 2]];
    let start = spent();
    await fusion.fuse({ payloads, layout, range: 'limited', reference });
    times.sdr.push(spent() - start);
    deep[reference]?.set(given[turn % 2] ?? []);
    start = spent();
    await deepFusion.fuse({ payloads: deep, layout: deepLayout, range: 'limited', reference });
    times.deep.push(spent() - start);
    for (const [output, curve] of [['hlg', 'bt709'], ['pq', 'srgb']] as const) {
      // Each merge overwrites its reference.
      deep[reference]?.set(given[turn % 2] ?? []);
      const task = mergeTask(deep, deepLayout, output, curve);
      start = spent();
      const { report } = merges[output].merge(task, scene, ALONE);
      times[output].push(spent() - start);
      times.statistics.push(report.statisticsMs);
    }
  };
  for (let turn = 0; turn < 3; turn += 1) await turnOf(turn);
  for (const list of Object.values(times)) list.length = 0;
  for (let turn = 0; turn < rounds; turn += 1) await turnOf(turn);
  const sdr = median(times.sdr);
  console.log(`${values.size}, ${exposures} exposures, noise of ${noise} codes; one thread, median of ${rounds}`);
  console.log(`SDR, 8 bits: ${sdr.toFixed(1)} ms`);
  for (const output of ['deep', 'hlg', 'pq'] as const) {
    const ratio = median(times[output].map((ms, turn) => ms / (times.sdr[turn] ?? NaN)));
    console.log(`${output === 'deep' ? 'SDR' : output}, 10 bits: ${median(times[output]).toFixed(1)} ms, ${ratio.toFixed(2)} times as much`);
  }
  console.log(`  of these exposure times: ${median(times.statistics).toFixed(1)} ms`);
}

void main();
