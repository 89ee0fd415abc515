/** Exposures that lie as a rig says, whatever the pictures show (`align: off`): its metrics are reported once. */
import type { FixedRig, RigSet } from './fixed-rig';
import type { Motion } from './kernels';
import { distance, IDENTITY } from './kernels/homography';
import { lineUpNews } from './line-up-news';
import type { LineUpFigures } from './line-up-teller';

export class GivenLineUp {
  readonly #rig: FixedRig;
  readonly #context: LineUpFigures;
  #told: ReadonlyMap<string, Motion> | undefined;

  constructor(rig: FixedRig, context: LineUpFigures) {
    this.#rig = rig;
    this.#context = context;
  }

  /** By branch; undefined where the rig is not of such pictures. @throws GstIplError with a first set that is not the rig's */
  motionsFor(set: RigSet): ReadonlyMap<string, Motion> | undefined {
    const motions = this.#rig.motionsFor(set);
    if (motions && motions !== this.#told) this.#tell(motions, set);
    this.#told = motions;
    return motions;
  }

  #tell(motions: ReadonlyMap<string, Motion>, { layout: { width, height } }: RigSet): void {
    const found = [...motions].map(([branch, { homography }]) => ({ branch, pixels: distance(homography, IDENTITY, width, height), reason: undefined }));
    for (const { branch, pixels } of found) {
      this.#context.report?.('fusion_alignment_pixels', pixels, { branch });
      this.#context.report?.('fusion_alignment_confidence', this.#rig.agreementOf(branch), { branch });
    }
    this.#context.notify?.(`As ${this.#rig.name} says. ${lineUpNews(found, found.map(({ branch }) => branch))}`);
  }
}
