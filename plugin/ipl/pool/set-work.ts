/** What a worker thread does with a set: fuses it with the network, or merges it into an HDR picture. */
import { release } from '../../core/frames/release';
import { FusionEngine } from '../engine/fusion-engine';
import { payloadOf, type FusionReport, type FusionTask, type Turn } from '../engine/fusion-task';
import { LineUp } from '../engine/line-up';
import { fuseInTone } from '../engine/tone-step';
import type { ProviderEngine } from '../gpu/provider-engine';
import type { ProviderMerge } from '../gpu/provider-merge';
import { HdrEngine } from '../hdr/hdr-engine';
import { commonArea, cropPicture, FusionKernels } from '../kernels';
import { loadModel } from '../network/model';
import { blockSize } from '../network/slice-plan';
import type { WorkerSettings } from './worker-messages';

export interface Done {
  readonly payload: Uint8Array;
  readonly report: FusionReport;
}

export interface SetWork {
  /** The reference's payload is the result's, or freed, or kept; those of the others are the caller's to free. */
  run(set: FusionTask, scene: SharedArrayBuffer, turn: Turn): Promise<Done>;
  /** Lets go of what it has. @returns whether the thread may serve another pool */
  end(): Promise<boolean>;
}

/** The engine of the CPU, and what is to be let go of when it is not needed any more. */
export interface CpuEngine {
  readonly engine: FusionEngine;
  release(): Promise<void>;
}

/** A thread's instances of WebAssembly serve all its pools, one after the other: their memory never shrinks, and is not freed at once. */
const own = { kernels: undefined as Promise<FusionKernels> | undefined, hdr: undefined as Promise<HdrEngine> | undefined, lineUp: new LineUp() };

export async function loadCpuEngine(settings: WorkerSettings): Promise<CpuEngine> {
  const [model, kernels] = await Promise.all([loadModel(settings.model), (own.kernels ??= FusionKernels.load())]);
  return { engine: new FusionEngine(model, kernels, settings, own.lineUp), release: () => model.session.release() };
}

/** @param engine of the CPU, and the provider's where there is one: a device is not trusted to let go of its thread */
export function fusing(engine: ProviderEngine, cpu: CpuEngine): SetWork {
  return {
    run: async (set, scene, turn) => {
      // Tones are taken of exposures that coincide, too.
      if (set.planOnly) return { payload: new Uint8Array(), report: await engine.plan(set, scene, turn) };
      const task = await engine.lineUp(set, !set.tones);
      const fused = await fuseInTone(task, turn, () => engine.fuse(task, scene, turn));
      const area = task.crop ? commonArea(task.covers ?? [], task.layout) : undefined;
      const payload = area ? cropPicture(fused.payload, task.layout, area) : fused.payload;
      return { payload, report: { ...fused.report, area, linedUp: task.linedUp, sights: task.sights, aside: task.aside } };
    },
    end: async () => {
      await cpu.release();
      return !engine.touchedDevice;
    },
  };
}

export function loadHdrEngine(): Promise<HdrEngine> {
  return (own.hdr ??= HdrEngine.load());
}

export function merging(engine: ProviderMerge): SetWork {
  return {
    run: async ({ hdr, ...set }, scene, turn) => {
      if (!hdr) throw new TypeError('The set does not say how it is merged.');
      const { width, height } = set.layout;
      // The network's blocks, which a motion's field is given in.
      const task = await own.lineUp.run({ ...set, quick: true }, blockSize(width, height));
      const { payload, report } = await engine.merge({ ...task, ...hdr }, scene, turn);
      const given = payloadOf(set);
      if (payload !== given) release(given);
      const { statisticsMs, waitMs, blendMs } = report;
      return { payload, report: { sceneCut: false, slices: 0, reused: 0, statisticsMs, waitMs, networkMs: 0, blendMs, weights: undefined, hdr: report, linedUp: task.linedUp, sights: task.sights, aside: task.aside } };
    },
    end: () => Promise.resolve(!engine.touchedDevice),
  };
}
