/** The transfer functions of BT.2100 (ITU-R BT.2100-2, tables 4 and 5), of one channel. */

const PQ = { m1: 2610 / 16384, m2: 2523 / 32, c1: 3424 / 4096, c2: 2413 / 128, c3: 2392 / 128 };

/** cd/m2 of PQ's largest code. */
export const PQ_PEAK = 10_000;

/** @param light of the display, 1 at PQ_PEAK @returns code, 0 to 1 */
export function pqOfLight(light: number): number {
  const power = Math.max(0, light) ** PQ.m1;
  return ((PQ.c1 + PQ.c2 * power) / (1 + PQ.c3 * power)) ** PQ.m2;
}

export function lightOfPq(code: number): number {
  const root = Math.max(0, code) ** (1 / PQ.m2);
  return (Math.max(0, root - PQ.c1) / (PQ.c2 - PQ.c3 * root)) ** (1 / PQ.m1);
}

const HLG = { a: 0.17883277, b: 0.28466892, c: 0.55991073 };

/** @param light of the scene, 0 to 1 @returns code, 0 to 1 */
export function hlgOfLight(light: number): number {
  const e = Math.max(0, light);
  return e <= 1 / 12 ? Math.sqrt(3 * e) : HLG.a * Math.log(12 * e - HLG.b) + HLG.c;
}

export function lightOfHlg(code: number): number {
  const e = Math.max(0, code);
  return e <= 0.5 ? (e * e) / 3 : (Math.exp((e - HLG.c) / HLG.a) + HLG.b) / 12;
}

/**
 * HLG says what a scene is like, and each display shows it by its own peak. What is shown, and what is converted, is meant for one
 * of 1000 cd/m2, as BT.2100 and BT.2408 have it.
 */
export const HLG_PEAK = 1000;

/** Of the OOTF: 1.2 + 0.42 log10(peak / 1000). */
export const HLG_GAMMA = 1.2;

/** Weights of luminance in BT.2020. */
export const LUMINANCE = [0.2627, 0.678, 0.0593] as const;
