/** The fusion alone, from frames in memory to a frame in memory. Runs in a process of its own (child.ts). */
import { planeLayout } from '../../plugin/core/frames/video-layout';
import { FusionPool } from '../../plugin/ipl/pool/fusion-pool';
import type { FusionReport } from '../../plugin/ipl/engine/fusion-task';
import { ProviderGate } from '../../plugin/ipl/gpu/provider-gate';
import { DEFAULT_MODEL } from '../../plugin/ipl/network/read-model';
import { fillPicture } from './pictures';
import { makeRow, median, peakMb, type Row } from './rows';

export interface FusionCase {
  readonly width: number;
  readonly height: number;
  readonly exposures: number;
  readonly threads: number;
  readonly sliceBands: number;
  readonly frames: number;
  /** Every frame is the same, so that slices keep what they have. */
  readonly still?: boolean;
  /** Standard deviation of the exposures' noise, in codes; default none. */
  readonly noise?: number;
  /** A row for each stage, too. */
  readonly stages?: boolean;
  readonly name?: string;
  /** What fuses; default `cpu`. */
  readonly provider?: string;
}

/** Frames before the measurement: caches and the compiler of V8 warm up. */
const WARM_UP = 4;

export async function measure(given: FusionCase): Promise<Row[]> {
  const { width, height, exposures, threads, sliceBands, frames, still = false, noise = 0, stages = false, provider = 'cpu' } = given;
  const layout = planeLayout('NV12', width, height);
  const bareMb = peakMb();
  // Shared memory stays where it is, so that one set a thread is enough. Each fusion overwrites its reference.
  const sets = Array.from({ length: threads }, (_, time) => {
    return Array.from({ length: exposures }, (_, exposure) => {
      const payload = new Uint8Array(new SharedArrayBuffer(layout.size));
      fillPicture(payload, layout, exposure, exposures, still ? 0 : time, noise);
      return payload;
    });
  });
  // A provider that does not work is told of, and the CPU fuses instead: not here.
  const refusals: string[] = [];
  const gate = new ProviderGate(provider, ({ level, message }) => level === 'warn' && refusals.push(message));
  const pool = new FusionPool({ model: DEFAULT_MODEL, sliceBands, threads, gate });
  await pool.start();
  const reports: FusionReport[] = [];
  const latencies: number[] = [];
  const reference = (exposures - 1) >> 1;
  // The fused picture has less noise than the reference that it overwrote: a noisy set is made noisy again, which counts.
  const noisy = noise > 0 ? new Map(sets.map((payloads) => [payloads, Uint8Array.from(payloads[reference] ?? [])])) : undefined;
  const fuseNext = async (payloads: Uint8Array<SharedArrayBuffer>[]): Promise<void> => {
    const given = noisy?.get(payloads);
    if (given) payloads[reference]?.set(given);
    const start = performance.now();
    const outcome = await pool.fuse({ layout, range: 'limited', reference }, exposures, () => Promise.resolve(payloads), '');
    if (!('picture' in outcome)) throw 'error' in outcome ? outcome.error : outcome.death;
    latencies.push(performance.now() - start);
    reports.push(outcome.picture.report);
  };
  const run = async (count: number): Promise<number> => {
    latencies.length = 0;
    reports.length = 0;
    let left = count;
    const start = performance.now();
    await Promise.all(
      sets.map(async (payloads) => {
        while ((left -= 1) >= 0) await fuseNext(payloads);
      }),
    );
    return (performance.now() - start) / count;
  };
  await run(WARM_UP * threads);
  if (refusals[0] !== undefined) throw new Error(refusals[0]);
  const ms = await run(frames);
  if (refusals[0] !== undefined) throw new Error(refusals[0]);
  await pool.close();
  gate.close();
  const peakRssMb = peakMb();
  const framesMb = (threads * exposures * layout.size) / 2 ** 20;
  const reused = reports.reduce((sum, report) => sum + report.reused, 0);
  const slices = reports.reduce((sum, report) => sum + report.slices, 0);
  const common = { width, height, exposures, threads, provider };
  const note = `latency ${median(latencies).toFixed(1)} ms, ${slices / reports.length} slices, ${((100 * reused) / slices).toFixed(0)} % reused`;
  const whole = makeRow({
    ...common,
    case: given.name ?? `fusion, memory to memory${still ? ', still' : ''}${noise > 0 ? `, noise of ${noise} codes` : ''}`,
    ms,
    peakRssMb,
    beyondFramesMb: peakRssMb - framesMb - bareMb,
    note,
  });
  if (!stages) return [whole];
  const stage = (name: string, of: (report: FusionReport) => number): Row => {
    return makeRow({ ...common, case: `  of these ${name}`, ms: median(reports.map(of)) });
  };
  return [
    whole,
    stage('statistics', ({ statisticsMs }) => statisticsMs),
    stage('network', ({ networkMs }) => networkMs),
    stage('blend', ({ blendMs }) => blendMs),
  ];
}
