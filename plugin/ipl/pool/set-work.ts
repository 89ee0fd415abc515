/** What a worker thread does with a set: fuses it with the network, or merges it into an HDR picture. */
import { release } from '../../core/frames/release';
import { FusionEngine } from '../engine/fusion-engine';
import { payloadOf, type FusionReport, type FusionTask, type Turn } from '../engine/fusion-task';
import { fuseInTone } from '../engine/tone-step';
import type { ProviderEngine } from '../gpu/provider-engine';
import { HdrEngine } from '../hdr/hdr-engine';
import { commonArea, cropPicture, FusionKernels } from '../kernels';
import { loadModel } from '../network/model';
import type { WorkerSettings } from './worker-messages';

export interface Done {
  readonly payload: Uint8Array;
  readonly report: FusionReport;
}

/** The reference's payload is the result's, or freed, or kept; those of the others are the caller's to free. */
export type SetWork = (set: FusionTask, scene: SharedArrayBuffer, turn: Turn) => Promise<Done>;

export async function loadCpuEngine(settings: WorkerSettings): Promise<FusionEngine> {
  const [model, kernels] = await Promise.all([loadModel(settings.model), FusionKernels.load()]);
  return new FusionEngine(model, kernels, settings);
}

export function fusing(engine: ProviderEngine): SetWork {
  return async (set, scene, turn) => {
    // Tones are taken of exposures that coincide, too.
    if (set.planOnly) return { payload: new Uint8Array(), report: await engine.plan(set, scene, turn) };
    const task = await engine.lineUp(set);
    const fused = await fuseInTone(task, turn, () => engine.fuse(task, scene, turn));
    const area = task.crop ? commonArea(task.covers ?? [], task.layout) : undefined;
    const payload = area ? cropPicture(fused.payload, task.layout, area) : fused.payload;
    return { payload, report: { ...fused.report, area, linedUp: task.linedUp, sights: task.sights, aside: task.aside } };
  };
}

export async function merging(): Promise<SetWork> {
  const engine = await HdrEngine.load();
  return async ({ hdr, ...set }, scene, turn) => {
    if (!hdr) throw new TypeError('The set does not say how it is merged.');
    const { payload, report } = engine.merge({ ...set, ...hdr }, scene, turn);
    const own = payloadOf(set);
    if (payload !== own) release(own);
    const { statisticsMs, waitMs, blendMs } = report;
    return { payload, report: { sceneCut: false, slices: 0, reused: 0, statisticsMs, waitMs, networkMs: 0, blendMs, weights: undefined, hdr: report } };
  };
}
