/**
 * The rig that a graph names (`rig`): what a stream's exposures begin with.
 *
 * With the first set it is certain whether the rig is of these cameras; where it is not, nothing can come of the run. A camera that
 * changes its shape later is logged, and its exposures are lined up as without a rig until it has the rig's again.
 */
import path from 'node:path';
import { GstIplError } from '../core/errors';
import type { ConditionOf } from '../core/metrics/conditions';
import type { Motion } from './kernels';
import { checkBranches, motionsAt, readRig, type Rig } from './rig';

export interface RigSet {
  /** Names of the exposures that the set has, and of those that it lacks. */
  readonly names: readonly string[];
  readonly missing: readonly string[];
  readonly layout: { readonly width: number; readonly height: number };
}

export class FixedRig {
  readonly #file: string;
  readonly #rig: Rig;
  readonly #condition: ReturnType<ConditionOf> | undefined;
  /** Of the size of the last set. */
  #known: { readonly size: string; readonly motions: ReadonlyMap<string, Motion> | undefined } | undefined;

  /** @throws GstIplError as `readRig` does */
  constructor(file: string, condition?: ConditionOf) {
    this.#file = file;
    this.#rig = readRig(file);
    this.#condition = condition?.('rig', { holds: true, degrades: true });
  }

  /** As people call it. */
  get name(): string {
    return path.basename(this.#file);
  }

  /** How well a branch's texture agreed with the reference's when the rig was calibrated, 0..1; 0 where that is not known. */
  agreementOf(branch: string): number {
    return this.#rig.branches[branch]?.agreement?.with ?? 0;
  }

  /**
   * How exposures lie in pictures of a set's size, by branch.
   * @returns undefined where pictures have had the rig's shape, and have it no more
   * @throws GstIplError `bad-option`, `bad-exposures` with a first set that is not the rig's
   */
  motionsFor({ names, missing, layout: { width, height } }: RigSet): ReadonlyMap<string, Motion> | undefined {
    const size = `${width}x${height}`;
    if (this.#known?.size === size) return this.#known.motions;
    if (!this.#known) checkBranches(this.#rig, [...names, ...missing], this.#file);
    const motions = motionsAt(this.#rig, width, height);
    if (!motions && !this.#known) throw this.#otherShape(size);
    this.#known = { size, motions };
    if (motions) this.#condition?.end('Frames have the shape of the rig again.');
    else this.#condition?.raise(`${this.#otherShape(size).message} Exposures are lined up as without it.`);
    return motions;
  }

  #otherShape(size: string): GstIplError {
    const { width, height } = this.#rig;
    return new GstIplError('bad-exposures', `The rig ${this.name} was found in pictures of ${width}x${height}, and these are of another shape: ${size}.`, {
      hint: `Bring the cameras to ${width}x${height} or a size in proportion, or calibrate them as they are: gst-ipl calibrate GRAPH -o ${this.name}`,
    });
  }
}
