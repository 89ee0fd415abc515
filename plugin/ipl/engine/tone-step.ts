/**
 * Around a fusion, in the worker: of whole sets it is learnt what each exposure's tones become in the fused picture; a set that
 * lacks exposures is brought to that look.
 */
import type { FusionReport, FusionTask, Turn } from './fusion-task';
import { applyCurve, curveOf, targetOf, type ToneCurve } from './tone-curve';
import { sampleTones, sumTones } from './tone-samples';

interface Fused {
  readonly payload: Uint8Array;
  readonly report: FusionReport;
}

/** @param fuse not called for an exposure alone */
export async function fuseInTone(task: FusionTask, turn: Turn, fuse: () => Promise<Fused>): Promise<Fused> {
  const { payloads, layout, range, tones } = task;
  const [only] = payloads;
  if (payloads.length === 1 && only) return passInTone(task, turn, only);
  if (!tones) return fuse();
  // The blend overwrites the reference.
  const exposures = payloads.map((payload) => sampleTones(payload, layout));
  const fused = await fuse();
  const samples = sampleTones(fused.payload, layout);
  if (tones === 'learn') return { ...fused, report: { ...fused.report, tones: exposures.map((exposure) => sumTones(exposure, samples)) } };
  const curve = curveOf(sumTones(samples, targetOf(exposures, tones)));
  if (curve) applyCurve(fused.payload, layout, range, curve);
  return fused;
}

function passInTone({ layout, range, tones }: FusionTask, turn: Turn, payload: Uint8Array): Fused {
  turn.wait();
  turn.pass();
  const start = performance.now();
  const curve = Array.isArray(tones) ? (tones[0] as ToneCurve | undefined) : undefined;
  if (curve) applyCurve(payload, layout, range, curve);
  const blendMs = performance.now() - start;
  return { payload, report: { sceneCut: false, slices: 0, reused: 0, statisticsMs: 0, waitMs: 0, networkMs: 0, blendMs, weights: undefined } };
}
