/** Exposures that fade out where they end within the picture (engine/cover-fade.ts), or of which nothing is taken as they show nothing (engine/blank-exposure.ts), as the graph takes it: in what the look adds to their logits. */
import { Tensor } from 'onnxruntime-node';
import { blockMeans, shownShare } from '../engine/blank-exposure';
import { fadeOf } from '../engine/cover-fade';
import type { FusionTask } from '../engine/fusion-task';
import { COEFFICIENTS } from '../kernels/rule.generated';
import type { GraphPlan } from './graph-plan';

/** By exposure, in the graph's order; undefined where none fades out. */
export function fadesOf({ covers, payloads, layout, range, reference }: FusionTask, { order, map: { mapWidth, mapHeight, block } }: GraphPlan): readonly (Float32Array | undefined)[] | undefined {
  const fades = order.map((exposure) => {
    const share = exposure === reference ? 1 : shownShare(blockMeans(payloads[exposure], layout, range, block));
    return fadeOf(covers?.[exposure], share, { columns: mapWidth, rows: mapHeight, block, width: layout.width });
  });
  return fades.some(Boolean) ? fades : undefined;
}

/**
 * @param offsets the look's: [K, COEFFICIENTS, 1, 1]
 * @param rows of the map around a strip
 * @returns [K, COEFFICIENTS, rows, columns]
 */
export function fadeFeed(offsets: Tensor, fades: readonly (Float32Array | undefined)[], { data: rows }: Tensor, columns: number): Tensor {
  const cells = rows.length * columns;
  const values = new Float32Array(fades.length * COEFFICIENTS * cells);
  for (const [exposure, fade] of fades.entries()) {
    const look = (offsets.data as Float32Array)[exposure * COEFFICIENTS];
    const start = exposure * COEFFICIENTS * cells;
    for (let at = 0; at < cells; at += 1) values[start + at] = look + (fade?.[Number(rows[Math.floor(at / columns)]) * columns + (at % columns)] ?? 0);
  }
  return new Tensor('float32', values, [fades.length, COEFFICIENTS, rows.length, columns]);
}
