/** Which of the pictures of a bracket are fused, and in which order. */

/** One picture, as far as that matters here. */
export interface Shot {
  /** EV, as its camera noted; undefined where it did not. */
  readonly exposure: number | undefined;
  /** Of 0..255. */
  readonly luma: number;
  /** Shares of its pixels that are black, and white. */
  readonly black: number;
  readonly white: number;
}

/** What network and kernels take at once (rule.json); it was trained on two to five. */
export const MOST_FUSED = 5;

/** EV: less than a third of a stop lies between no two exposures of a bracket that was meant as one. */
const LEAST_STEP = 0.15;

/** Share of a picture that may be black, or white, before a brighter, or darker, one has something to add: a thousandth is lamps and cracks. */
const FULL = 0.001;

export interface Order {
  /** Indices, dark to bright. */
  readonly darkToBright: readonly number[];
  /** Whether the cameras' notes said so; else the pictures' brightness did. */
  readonly noted: boolean;
}

/** By what the camera noted where it did of all, and no two are alike; else by brightness. */
export function orderShots(shots: readonly Shot[]): Order {
  const by = (of: (shot: Shot) => number): number[] => shots.map((_, index) => index).sort((a, b) => of(shots[a]) - of(shots[b]));
  const order = by(({ exposure = 0 }) => exposure);
  const noted = order.every((index, at) => {
    const { exposure } = shots[index];
    const before = at > 0 ? shots[order[at - 1]].exposure : -Infinity;
    return exposure !== undefined && before !== undefined && exposure - before >= LEAST_STEP;
  });
  return noted ? { darkToBright: order, noted } : { darkToBright: by(({ luma }) => luma), noted };
}

export interface Choice {
  /** Indices, ascending. */
  readonly chosen: readonly number[];
  /** One of them. */
  readonly reference: number;
}

/**
 * Which are fused of more pictures than can be at once: none that only adds noise, beyond the first that has all of the lights or of
 * the darks; and of the others both ends, the reference, and those between that lie evenly.
 * @param shots dark to bright
 * @param wanted the reference, where it is given; else the middle one: it has the most detail on both sides. Of two middle ones it is
 *   the darker, whose highlights are whole
 */
export function chooseShots(shots: readonly Shot[], wanted?: number): Choice {
  let [first, last] = [0, shots.length - 1];
  const tooMany = (): boolean => last - first >= MOST_FUSED;
  while (tooMany() && shots[first + 1].white <= FULL && first !== wanted) first += 1;
  while (tooMany() && shots[last - 1].black <= FULL && last !== wanted) last -= 1;
  const reference = wanted ?? first + Math.floor((last - first) / 2);
  const [darker, brighter] = [reference - first, last - reference];
  const half = Math.floor((MOST_FUSED - 1) / 2);
  const below = Math.min(darker, Math.max(half, MOST_FUSED - 1 - brighter));
  const above = Math.min(brighter, MOST_FUSED - 1 - below);
  return { chosen: [...towards(first, reference, below), reference, ...towards(last, reference, above).reverse()], reference };
}

/** `count` whole numbers on the way from one end to the reference, which is not among them. */
function towards(end: number, reference: number, count: number): number[] {
  return Array.from({ length: count }, (_, step) => end + Math.round((step * (reference - end)) / count));
}

/** A list without what is there twice. @param same whether two of them are alike */
export function distinct<T>(list: readonly T[], same: (a: T, b: T) => boolean): T[] {
  return list.reduce<T[]>((kept, one) => (kept.some((other) => same(one, other)) ? kept : [...kept, one]), []);
}
