/**
 * Tells a scene cut from ordinary motion: the mean luma of the reference's blocks changes all over the picture at once.
 */

/**
 * Mean absolute change of block means, in luma from 0 to 1, from one frame to the next. Pans and passing objects stay
 * under 0.05; cuts between unlike scenes lie above 0.15. A missed cut costs a few frames of settling, a false one a
 * second pass over a tiny map.
 */
const CUT = 0.12;

export class SceneChange {
  #previous: Float32Array | undefined;

  /** @param means mean luma of every block of the reference, 0 to 1; kept for the next call as a copy */
  isCut(means: Float32Array): boolean {
    const previous = this.#previous;
    this.#previous = means.slice();
    if (!previous || previous.length !== means.length) return false;
    let change = 0;
    for (let index = 0; index < means.length; index += 1) {
      change += Math.abs((means[index] ?? 0) - (previous[index] ?? 0));
    }
    return change / means.length > CUT;
  }

  reset(): void {
    this.#previous = undefined;
  }
}
