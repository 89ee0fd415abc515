/** The weight map of a picture that the graph fused. */
import type { Tensor } from 'onnxruntime-node';
import type { FusionReport, FusionTask } from '../engine/fusion-task';
import { COEFFICIENTS } from '../kernels/rule.generated';
import { shownShare } from '../engine/blank-exposure';
import { fadeOut } from '../engine/cover-fade';
import { heldCovers } from '../engine/held-border';
import { applyLook, NATURAL, sharesOf } from '../engine/look';
import { weightMap } from '../engine/weight-map';
import type { GraphPlan } from './graph-plan';

/** From the graph's results, whose exposures begin with the reference, to the order of the task. */
export function weightsOf(task: FusionTask, { map, order }: GraphPlan, coefficients: Tensor, means: Tensor): FusionReport['weights'] {
  const { mapWidth: columns, mapHeight: rows, block } = map;
  const cells = rows * columns;
  const from = coefficients.data as Float32Array;
  const plane = from.length / (order.length * COEFFICIENTS);
  const sorted = new Float32Array(order.length * COEFFICIENTS * cells);
  for (const [at, exposure] of order.entries()) {
    for (let index = 0; index < COEFFICIENTS; index += 1) {
      const start = (at * COEFFICIENTS + index) * plane;
      sorted.set(from.subarray(start, start + cells), (exposure * COEFFICIENTS + index) * cells);
    }
  }
  const values = means.data as Float32Array;
  const meansOf = (exposure: number): Float32Array => values.subarray(order.indexOf(exposure) * cells, (order.indexOf(exposure) + 1) * cells);
  const { reference, look = NATURAL } = task;
  const shown = task.payloads.map((_, exposure) => (exposure === reference ? 1 : shownShare(meansOf(exposure))));
  fadeOut({ values: sorted, exposures: order.length, per: COEFFICIENTS, reference }, { covers: task.covers ?? [], shares: shown }, { columns, rows, block, width: task.layout.width });
  applyLook({ values: sorted, exposures: order.length, per: COEFFICIENTS, reference }, meansOf(reference), look);
  const shares = sharesOf(look);
  const input = { coefficients: sorted, per: COEFFICIENTS, coefficientRows: rows, rows, columns, reference, shares, covers: heldCovers(task, block), block };
  return { columns, rows, values: weightMap({ ...input, means: task.payloads.map((_, exposure) => meansOf(exposure)) }) };
}
