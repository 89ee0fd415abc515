/** How much each exposure gives to each block of the picture, for people to look at. */
import { shareOf, type Cover, type Shares } from '../kernels';
import { LARGEST_LOGIT } from '../kernels/rule.generated';

export interface WeightMapInput {
  /** Mean luma of every block in every exposure, dark to bright: [K, rows, columns]. */
  readonly means: readonly Float32Array[];
  /** [K, per, coefficientRows, columns], with the look applied. */
  readonly coefficients: Float32Array;
  readonly per: number;
  /** Rows of one plane of coefficients, the map's or more. */
  readonly coefficientRows: number;
  readonly rows: number;
  readonly columns: number;
  readonly reference: number;
  /** Taken of the other exposures' weights; the reference has the rest. */
  readonly shares: Shares;
  /** By exposure: what it does not cover it gives nothing to. */
  readonly covers?: readonly (Cover | undefined)[] | undefined;
  /** Pixels of a block in each direction; needed for covers. */
  readonly block?: number;
}

/** The rule of the blend at each block's mean luma. @returns [K, rows, columns], 255 where an exposure gives all */
export function weightMap(input: WeightMapInput): Uint8Array {
  const { means, rows, columns, reference, shares } = input;
  const cells = rows * columns;
  const values = new Uint8Array(means.length * cells);
  const weights = new Float64Array(means.length);
  for (let cell = 0; cell < cells; cell += 1) {
    let sum = 0;
    for (let exposure = 0; exposure < means.length; exposure += 1) {
      const weight = exposure === reference ? 1 : covered(input, exposure, cell) ? power(logit(input, exposure, cell)) : 0;
      weights[exposure] = weight;
      sum += weight;
    }
    let rest = 1;
    for (const [exposure, weight] of weights.entries()) {
      if (exposure === reference) continue;
      const own = (shareOf(shares, exposure, reference) * weight) / sum;
      rest -= own;
      values[exposure * cells + cell] = Math.round(255 * own);
    }
    values[reference * cells + cell] = Math.round(255 * rest);
  }
  return values;
}

/** Whether an exposure covers the middle of a block, as far as that lies in the picture. */
function covered({ covers, block = 0, columns }: WeightMapInput, exposure: number, cell: number): boolean {
  const cover = covers?.[exposure];
  if (!cover) return true;
  const x = ((cell % columns) + 0.5) * block;
  const y = Math.min(Math.floor((Math.floor(cell / columns) + 0.5) * block), cover.length / 2 - 1);
  return x >= (cover[2 * y] ?? 0) && x < (cover[2 * y + 1] ?? 0);
}

/** The quadratic rule of the mean lumas, as it is for every pixel's: against the reference, whose logit is 0. */
function logit({ means, coefficients, per, coefficientRows, columns, reference }: WeightMapInput, exposure: number, cell: number): number {
  const y = means[exposure]?.[cell] ?? 0;
  const r = means[reference]?.[cell] ?? 0;
  const plane = coefficientRows * columns;
  const at = exposure * per * plane + cell;
  const c = (index: number): number => coefficients[at + index * plane] ?? 0;
  return c(0) + (c(1) + c(3) * y + c(4) * r) * y + (c(2) + c(5) * r) * r;
}

/** Powers of two by straight lines between the whole ones, as the kernels make them; clamped as there. */
function power(logarithm: number): number {
  const clamped = Math.min(LARGEST_LOGIT, Math.max(-LARGEST_LOGIT, logarithm));
  const whole = Math.floor(clamped);
  return 2 ** whole * (1 + clamped - whole);
}
