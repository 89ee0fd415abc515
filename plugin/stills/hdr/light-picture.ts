/** A merged picture as light, and what is written of it. */
import type { AnyCurve } from '../../ipl/hdr/curves';
import type { PrimariesName } from '../../ipl/hdr/primaries';

export interface LightPicture {
  /** R, G, B of all pixels, linear; 1 is the reference's white. */
  readonly light: Float32Array;
  readonly width: number;
  readonly height: number;
  readonly primaries: PrimariesName;
  /** What the exposures' codes were taken to mean. */
  readonly curve: AnyCurve;
  /** Largest light that the exposures can show. */
  readonly top: number;
}

/** cd/m2 of light of 1: ITU-R BT.2408. */
export const REFERENCE_WHITE = 203;

/** x and y of red, green, blue and white: BT.709, BT.2020, SMPTE 432. */
export const CHROMATICITIES: Readonly<Record<PrimariesName, readonly number[]>> = {
  bt709: [0.64, 0.33, 0.3, 0.6, 0.15, 0.06, 0.3127, 0.329],
  bt2020: [0.708, 0.292, 0.17, 0.797, 0.131, 0.046, 0.3127, 0.329],
  p3: [0.68, 0.32, 0.265, 0.69, 0.15, 0.06, 0.3127, 0.329],
};
