/**
 * How many times the light of one exposure another has had, from their pixels: the ratio that most of those agree on that are well
 * exposed in both. What moved, flickers or is noisy is scattered; the mode does not see it, where a mean would.
 */
import type { LightSamples } from './light-samples';

export interface Step {
  /** EV between the two exposures. */
  readonly ev: number;
  /** Cells that agree on it. */
  readonly cells: number;
}

/** EV around what is declared in which it is looked for: what contradicts it has to be seen, too. */
const REACH = 1.5;

/** EV of a bin of the histogram, and of what counts as agreeing. */
const BIN = 1 / 32;
const WINDOW = 0.12;

/** EV by which a round no longer changes anything. */
const CONVERGED = 1e-5;

/** Below, a code of 8 bits is too coarse, and noise too large a part, in the darker exposure. */
const LEAST_CODE = 0.1;

/** So many must agree, and so large a part of all that were compared. */
const LEAST_CELLS = 48;
const LEAST_SHARE = 0.15;

/**
 * @param declared EV between them
 * @param clip code from which a channel may be clipped
 * @returns undefined where too little is seen in both
 */
export function measureStep(darker: LightSamples, brighter: LightSamples, declared: number, clip: number): Step | undefined {
  const { values, weights } = ratiosOf(darker, brighter, declared, clip);
  if (values.length < LEAST_CELLS) return undefined;
  let ev = mode(values, weights, declared);
  let cells = 0;
  for (let round = 0; round < 12; round += 1) {
    let [sum, total] = [0, 0];
    cells = 0;
    for (let index = 0; index < values.length; index += 1) {
      const value = values[index];
      const far = (value - ev) / WINDOW;
      if (Math.abs(far) >= 1) continue;
      // Tukey's biweight.
      const weight = (weights[index]) * (1 - far * far) ** 2;
      sum += weight * value;
      total += weight;
      cells += 1;
    }
    if (total === 0) return undefined;
    const last = ev;
    ev = sum / total;
    if (Math.abs(ev - last) < CONVERGED) break;
  }
  return cells >= Math.max(LEAST_CELLS, LEAST_SHARE * values.length) ? { ev, cells } : undefined;
}

interface Ratios {
  /** EV of each cell. */
  readonly values: Float32Array;
  readonly weights: Float32Array;
}

/** Which cells are taken goes by the brighter exposure, whose noise is less: else those of lucky noise would be taken, and the ratio be wrong. */
function ratiosOf(darker: LightSamples, brighter: LightSamples, declared: number, clip: number): Ratios {
  const values = new Float32Array(darker.light.length);
  const weights = new Float32Array(darker.light.length);
  const least = LEAST_CODE * 2 ** (declared / 2.2);
  let count = 0;
  for (let index = 0; index < darker.light.length; index += 1) {
    const low = darker.light[index];
    if ((brighter.most[index]) > clip || (darker.most[index]) > clip || (brighter.code[index]) < least || low <= 0) continue;
    const value = Math.log2((brighter.light[index]) / low);
    if (Math.abs(value - declared) > REACH + WINDOW) continue;
    values[count] = value;
    // The error of a code is worth the less the larger the code.
    weights[count] = (darker.code[index]) ** 2;
    count += 1;
  }
  return { values: values.subarray(0, count), weights: weights.subarray(0, count) };
}

/** The middle of the fullest bin and its neighbours. */
function mode(values: Float32Array, weights: Float32Array, declared: number): number {
  const bins = new Float64Array(Math.ceil((2 * (REACH + WINDOW)) / BIN) + 5);
  const first = declared - REACH - WINDOW - 2 * BIN;
  for (let index = 0; index < values.length; index += 1) {
    const bin = Math.floor(((values[index]) - first) / BIN);
    bins[bin] = (bins[bin]) + (weights[index]);
  }
  let best = 2;
  let most = -1;
  for (let bin = 2; bin < bins.length - 2; bin += 1) {
    const at = (offset: number): number => bins[bin + offset] ?? 0;
    const smooth = at(-2) + 2 * at(-1) + 3 * at(0) + 2 * at(1) + at(2);
    if (smooth > most) [best, most] = [bin, smooth];
  }
  return first + (best + 0.5) * BIN;
}
