/** Light of one set of primaries in that of BT.2020, linear. */

export const PRIMARIES = ['bt709', 'bt2020', 'p3'] as const;

export type PrimariesName = (typeof PRIMARIES)[number];

/** Nine numbers, row by row: what R, G and B of BT.2020 take of the given ones. */
export type Matrix = readonly number[];

const TO_BT2020: Readonly<Record<PrimariesName, Matrix>> = {
  /** BT.2087. */
  bt709: [0.6274, 0.3293, 0.0433, 0.0691, 0.9195, 0.0114, 0.0164, 0.088, 0.8956],
  bt2020: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  /** Display P3: SMPTE 432 with D65. */
  p3: [0.753833, 0.198597, 0.04757, 0.045744, 0.941777, 0.012479, -0.00121, 0.017602, 0.983609],
};

/** White stays white: rows that are rounded are brought back to a sum of one. */
export function toBt2020(from: PrimariesName): Matrix {
  return TO_BT2020[from].map((value, at, all) => {
    const row = at - (at % 3);
    return value / ((all[row] ?? 0) + (all[row + 1] ?? 0) + (all[row + 2] ?? 0));
  });
}

/** What caps say of them, as core/frames/colorimetry.ts names it. */
export function primariesNamed(name: string | undefined): PrimariesName | undefined {
  if (name === 'BT.2020') return 'bt2020';
  if (name === 'SMPTE 432') return 'p3';
  // The older ones of television differ from BT.709 by less than cameras do.
  return name === 'BT.709' || name === 'SMPTE 170M' || name === 'BT.470 BG' || name === 'EBU 3213' ? 'bt709' : undefined;
}
