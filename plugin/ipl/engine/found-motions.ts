/** How the exposures of one set must be moved, found in their own pictures: for stills, of which each set is another scene. */
import { findMotions } from '../align';
import { distance, IDENTITY } from '../align/homography';
import type { Motion } from '../kernels';
import type { FusionTask, LinedUp } from './fusion-task';

export interface FoundMotions {
  /** By exposure. */
  readonly motions: readonly (Motion | undefined)[];
  /** By exposure. */
  readonly linedUp: readonly LinedUp[];
}

export function foundMotions({ payloads, layout, range, reference }: FusionTask): FoundMotions {
  const [luma] = layout.planes;
  if (!luma) throw new RangeError('A picture has a plane of luma.');
  const { offset, width, height, stride } = luma;
  const found = findMotions(payloads.map((payload) => ({ data: payload.subarray(offset), width, height, stride, range })), reference);
  return {
    motions: found.map(({ map }) => map && { homography: map }),
    linedUp: found.map(({ map, reason }) => ({ pixels: map ? distance(map, IDENTITY, width, height) : 0, reason: map ? undefined : reason })),
  };
}
