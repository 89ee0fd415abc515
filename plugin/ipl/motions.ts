/** Motions as whoever finds them names them, by branch, and as a set needs them. */
import type { Motion } from './kernels';
import { compose, invert } from './kernels/homography';

/**
 * By branch: how one plane, the usual reference's, is found in its pictures. A branch without a motion lies as that plane does.
 */
export type BranchMotions = ReadonlyMap<string, Motion>;

/**
 * The motions of a set's exposures against the one that is its reference, which may be another than usual where that is missing.
 * A field is known against the usual reference only, and is left out for others.
 * @param names of the exposures, in their order
 * @returns undefined where nothing moves
 */
export function motionsOf(motions: BranchMotions | undefined, names: readonly string[], reference: number): (Motion | undefined)[] | undefined {
  const own = motions?.get(names[reference] ?? '');
  const list = names.map((name, exposure) => {
    if (exposure === reference) return undefined;
    const motion = motions?.get(name);
    if (!own) return motion;
    const back = invert(own.homography);
    return { homography: motion ? compose(motion.homography, back) : back };
  });
  return list.some((motion) => motion !== undefined) ? list : undefined;
}
