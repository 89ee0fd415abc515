/** What the graph takes of a picture, strip by strip, and its run. */
import { Tensor } from 'onnxruntime-node';
import type { FusionTask } from '../engine/fusion-task';
import type { GraphPlan, PlannedStrip } from './graph-plan';
import type { GraphPlanes, Strip } from './planes';
import type { GraphSession } from './session';

export type Feeds = Record<string, Tensor>;
/** What a picture is fused by. */
export type Surveyed = Record<'coefficients' | 'means' | 'scene_cut', Tensor>;
export type Results = Record<'luma' | 'chroma', Tensor> & Surveyed;

export const SURVEYED = { coefficients: null, means: null, scene_cut: null };

/** @param others what the graph says beside the planes */
export async function fuseStrip(session: GraphSession, feeds: Feeds, { planes }: GraphPlan, strip: PlannedStrip, payload: Uint8Array, others: Record<string, null> = {}): Promise<Results> {
  const fetches = {
    luma: new Tensor('uint8', planes.lumaTarget(payload, strip), planes.lumaShape(strip)),
    chroma: new Tensor('uint8', planes.chromaTarget(payload, strip), planes.chromaShape(strip)),
    ...others,
  };
  const results = (await session.run(feeds, fetches)) as unknown as Results;
  // A provider may hand out tensors of its own instead.
  planes.store(results.luma.data as Uint8Array, results.chroma.data as Uint8Array, payload, strip);
  return results;
}

/** The strip's planes of every exposure. @param order of the exposures, as the graph has them */
export function planeFeeds(payloads: FusionTask['payloads'], planes: GraphPlanes, order: readonly number[], strip: Strip): Feeds {
  const feeds: Feeds = {};
  for (const [at, exposure] of order.entries()) {
    const payload = payloads[exposure];
    if (!payload) throw new RangeError(`There is no exposure ${exposure}.`);
    feeds[`luma${at}`] = new Tensor('uint8', planes.luma(payload, strip), planes.lumaShape(strip));
    feeds[`chroma${at}`] = new Tensor('uint8', planes.chroma(payload, strip), planes.chromaShape(strip));
  }
  return feeds;
}

export const flag = (value: boolean): Tensor => new Tensor('bool', [value], []);

/** For the first strip: samples of the whole picture, and what the one before left. */
export function fresh({ payloads }: FusionTask, plan: GraphPlan, means: Tensor): Feeds {
  const { planes, order, stride, sampleRows, chromaRows } = plan;
  const lumaBytes = order.length * sampleRows * planes.width;
  const [luma, above, below] = [new Uint8Array(lumaBytes), new Uint8Array(lumaBytes), new Uint8Array(lumaBytes)];
  const chroma = new Uint8Array(order.length * chromaRows * planes.width);
  let lumaAt = 0;
  let chromaAt = 0;
  for (const exposure of order) {
    const payload = payloads[exposure] ?? new Uint8Array();
    planes.sampleRows(payload, false, stride, sampleRows, above, lumaAt, -1);
    planes.sampleRows(payload, false, stride, sampleRows, below, lumaAt, 1);
    lumaAt += planes.sampleRows(payload, false, stride, sampleRows, luma, lumaAt);
    chromaAt += planes.sampleRows(payload, true, stride, chromaRows, chroma, chromaAt);
  }
  const k = order.length;
  return {
    fresh: flag(true),
    samples: new Tensor('uint8', luma, [k, sampleRows, planes.width]),
    above: new Tensor('uint8', above, [k, sampleRows, planes.width]),
    below: new Tensor('uint8', below, [k, sampleRows, planes.width]),
    chroma_samples: new Tensor('uint8', chroma, [k, planes.components, chromaRows, planes.chromaWidth, planes.interleaved]),
    last_means: means,
    last_coefficients: new Tensor('float32', new Float32Array(k * 6), [k, 6, 1, 1]),
  };
}

/** For later strips: what the first found, and no samples. */
export function kept({ order, planes }: GraphPlan, { coefficients, means }: Surveyed): Feeds {
  const k = order.length;
  const { components, interleaved } = planes;
  const none = new Tensor('uint8', new Uint8Array(k), [k, 1, 1]);
  return {
    fresh: flag(false),
    samples: none,
    above: none,
    below: none,
    chroma_samples: new Tensor('uint8', new Uint8Array(k * 2), [k, components, 1, 1, interleaved]),
    last_means: means,
    last_coefficients: coefficients,
  };
}
