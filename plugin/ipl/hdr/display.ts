/** From merged light to the codes of BT.2100: what the steps are, as functions. The kernels have them as tables (tables.ts). */
import type { Curve } from './curves';
import { toBt2020, type Matrix, type PrimariesName } from './primaries';
import { rollOff } from './roll-off';
import { HLG_GAMMA, HLG_PEAK, hlgOfLight, PQ_PEAK, pqOfLight } from './transfer';

export type HdrOutput = 'hlg' | 'pq';

export interface DisplaySettings {
  readonly output: HdrOutput;
  /** Brightest light shown, cd/m2. */
  readonly peak: number;
  /** Light of the reference's white, cd/m2. */
  readonly referenceWhite: number;
  readonly primaries: PrimariesName;
}

export interface Display {
  /** What light of 1 is multiplied by first. */
  readonly scale: number;
  readonly primaries: Matrix;
  /** Then all channels by one factor, for their luminance. */
  readonly luminanceGain: ((luminance: number) => number) | undefined;
  /** And by one for the largest of them. */
  readonly rollOff: ((largest: number) => number) | undefined;
  /** Code of a channel, 0 to 1; never above the peak's. */
  readonly toCode: (light: number) => number;
}

/** @param top largest light that exposures can show, 1 being the reference's white */
export function displayOf({ output, peak, referenceWhite, primaries }: DisplaySettings, curve: Curve, top: number): Display {
  const common = { primaries: toBt2020(primaries) };
  // Greys: what the OOTF makes of light of the scene, and back.
  const shown = (light: number): number => HLG_PEAK * light ** HLG_GAMMA;
  const scene = (candelas: number): number => (candelas / HLG_PEAK) ** (1 / HLG_GAMMA);
  const ofScene = curve.light === 'scene';
  const brightest = ofScene ? shown(scene(referenceWhite) * top) : referenceWhite * top;
  const roll = rollOff(peak, brightest);
  if (output === 'pq') {
    return {
      ...common,
      scale: ofScene ? scene(referenceWhite) : referenceWhite / PQ_PEAK,
      luminanceGain: ofScene ? (luminance) => (HLG_PEAK / PQ_PEAK) * luminance ** (HLG_GAMMA - 1) : undefined,
      rollOff: roll && ((largest) => roll(largest * PQ_PEAK) / (largest * PQ_PEAK)),
      toCode: (light) => pqOfLight(Math.min(peak / PQ_PEAK, light)),
    };
  }
  return {
    ...common,
    scale: ofScene ? scene(referenceWhite) : referenceWhite / HLG_PEAK,
    luminanceGain: ofScene ? undefined : (luminance) => luminance ** (1 / HLG_GAMMA - 1),
    rollOff: roll && ((largest) => scene(roll(shown(largest))) / largest),
    toCode: (light) => hlgOfLight(Math.min(scene(peak), light)),
  };
}
