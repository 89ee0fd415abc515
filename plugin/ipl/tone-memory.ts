/** What each branch's tones became in the last fused pictures: the look that a picture of fewer exposures is brought to. */
import { curveOf, type ToneCurve } from './engine/tone-curve';

/** How much of the old stays with each picture: after eight a tenth, so that noise is averaged and a turned light is followed. */
const MOMENTUM = 0.75;

interface Branch {
  sums: Float64Array;
  curve: ToneCurve | undefined;
}

export class ToneMemory {
  readonly #branches = new Map<string, Branch>();

  /** @param sums of the branches, from a set in which none was missing */
  learn(names: readonly string[], sums: readonly Float64Array[]): void {
    for (const [index, name] of names.entries()) {
      const now = sums[index];
      if (!now) continue;
      const before = this.#branches.get(name)?.sums;
      this.#branches.set(name, { sums: before ? now.map((value, at) => value + MOMENTUM * (before[at] ?? 0)) : now, curve: undefined });
    }
  }

  /** Curves of these branches; undefined where one was never in a whole set of the scene. */
  curvesOf(names: readonly string[]): ToneCurve[] | undefined {
    const curves = names.map((name) => {
      const branch = this.#branches.get(name);
      return branch && (branch.curve ??= curveOf(branch.sums));
    });
    const known = curves.filter((curve) => curve !== undefined);
    return known.length === names.length ? known : undefined;
  }

  forget(): void {
    this.#branches.clear();
  }
}
