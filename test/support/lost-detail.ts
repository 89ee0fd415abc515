/**
 * Lost detail, as bench/quality/lost_detail.py defines it, of luma planes without row padding: what the reference exposure cannot show
 * and another one can, how much of it a fused picture shows, and whether that keeps what the reference shows. A test holds it to
 * Python's numbers (test/quality/regression.test.ts).
 */
const WINDOW = 15;
const REACH = (WINDOW - 1) / 2;
const [WHITE, BLACK, FLAT] = [247, 14, 4];
const STRUCTURE = 3;
const USABLE = [15, 240] as const;
const [AGREES, CONTRAST] = [0.6, 0.25];
const SHOWN = [30, 225] as const;
const [TEXTURE, SAME] = [5, 0.9];
/** Recoverable pixels; of fewer nothing is said. */
const LEAST = 200;
const TINY = 1e-3;

export type Luma = Uint8Array;

/** Shares in %; what a bracket has nothing of is left out. */
export interface Detail {
  readonly highlights?: number;
  readonly shadows?: number;
  readonly kept?: number;
}

export type DetailFigure = keyof Detail;

export const DETAIL_FIGURES: readonly DetailFigure[] = ['highlights', 'shadows', 'kept'];

export interface Size {
  readonly width: number;
  readonly height: number;
}

type Values = Float64Array;

/** Means of the windows about all pixels of one line; beyond its ends the picture is mirrored. */
function meansOfLine(values: Values, start: number, step: number, count: number, out: Values): void {
  const at = (index: number): number => values[start + step * (index < 0 ? -1 - index : index >= count ? 2 * count - 1 - index : index)] ?? 0;
  let sum = 0;
  for (let index = -REACH; index < REACH; index += 1) sum += at(index);
  for (let index = 0; index < count; index += 1) {
    sum += at(index + REACH);
    out[start + step * index] = sum / WINDOW;
    sum -= at(index - REACH);
  }
}

function means(values: Values, { width, height }: Size): Values {
  const across = new Float64Array(values.length);
  const out = new Float64Array(values.length);
  for (let y = 0; y < height; y += 1) meansOfLine(values, y * width, 1, width, across);
  for (let x = 0; x < width; x += 1) meansOfLine(across, x, width, height, out);
  return out;
}

class Windows {
  readonly #values: Values;
  readonly #size: Size;
  readonly mean: Values;
  readonly variance: Values;

  constructor(luma: Luma, size: Size) {
    this.#size = size;
    this.#values = Float64Array.from(luma);
    this.mean = means(this.#values, size);
    this.variance = means(this.#values.map((value) => value * value), size).map((square, at) => Math.max(0, square - (this.mean[at] ?? 0) ** 2));
  }

  correlation(other: Windows): Values {
    const products = means(this.#values.map((value, at) => value * (other.#values[at] ?? 0)), this.#size);
    return products.map((product, at) => {
      const covariance = product - (this.mean[at] ?? 0) * (other.mean[at] ?? 0);
      return covariance / Math.sqrt(Math.max(TINY, (this.variance[at] ?? 0) * (other.variance[at] ?? 0)));
    });
  }
}

interface Recoverable {
  readonly donor: Windows;
  readonly area: readonly number[];
}

/** @param exposures of one instant, dark to bright, without noise and motion
 *  @returns what says how a fused luma plane does */
export function lostDetail(exposures: readonly Luma[], reference: number, size: Size): (fused: Luma) => Detail {
  const codes = exposures[reference] ?? new Uint8Array();
  const middle = new Windows(codes, size);
  const pixels = Array.from(codes.keys());
  const variance = (of: Windows, at: number): number => of.variance[at] ?? 0;
  const between = (value: number, [low, high]: readonly [number, number]): boolean => value > low && value < high;

  const recoverable = (exposure: Luma | undefined, lost: (code: number) => boolean): Recoverable | undefined => {
    if (exposure === undefined || exposure === codes) return undefined;
    const donor = new Windows(exposure, size);
    const area = pixels.filter((at) => lost(codes[at] ?? 0) && variance(middle, at) < FLAT ** 2 && variance(donor, at) > STRUCTURE ** 2 && between(donor.mean[at] ?? 0, USABLE));
    return area.length > LEAST ? { donor, area } : undefined;
  };
  const highlights = recoverable(exposures[0], (code) => code >= WHITE);
  const shadows = recoverable(exposures.at(-1), (code) => code <= BLACK);
  const shown = pixels.filter((at) => between(codes[at] ?? 0, SHOWN) && variance(middle, at) > TEXTURE ** 2);

  return (picture) => {
    const fused = new Windows(picture, size);
    const back = (of: Recoverable): number => {
      const correlation = fused.correlation(of.donor);
      return share(of.area, (at) => (correlation[at] ?? 0) > AGREES && variance(fused, at) > CONTRAST ** 2 * variance(of.donor, at));
    };
    const correlation = fused.correlation(middle);
    return {
      ...(highlights && { highlights: back(highlights) }),
      ...(shadows && { shadows: back(shadows) }),
      ...(shown.length > 0 && { kept: share(shown, (at) => (correlation[at] ?? 0) > SAME) }),
    };
  };
}

function share(area: readonly number[], good: (at: number) => boolean): number {
  return (100 * area.filter(good).length) / area.length;
}
