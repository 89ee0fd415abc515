/** Which of the pictures are fused, in which order, and with what as reference; and what is told of it. */
import type { Look } from '../ipl/engine/look';
import { chooseShots, distinct, orderShots, type Shot } from './bracket';
import { nameOf } from './read-bracket';
import type { Still } from './still-file';

/** One picture, wherever its pixels are. */
export interface Exposure {
  readonly still: Still;
  readonly light: Omit<Shot, 'exposure'>;
}

export interface Taken<E extends Exposure> {
  /** Dark to bright. */
  readonly exposures: readonly E[];
  readonly reference: number;
}

interface Wanted<E extends Exposure> {
  readonly isSame: (one: E, other: E) => boolean;
  readonly copyOf: (one: E) => E;
}

interface Said {
  readonly reference: string | undefined;
  readonly look: Look;
  readonly tell: (message: string) => void;
}

export function takeExposures<E extends Exposure>(all: readonly E[], { isSame, copyOf }: Wanted<E>, { reference: wanted, look, tell }: Said): Taken<E> {
  // The reference first: of two that are the same it is the one that stays.
  const first = [...all].sort((a, b) => Number(b.still.file === wanted) - Number(a.still.file === wanted));
  const kept = distinct(first, isSame);
  if (kept.length < all.length) tell(kept.length === 1 ? 'All pictures are the same.' : `${all.length - kept.length} of ${all.length} pictures are there twice, and count once.`);
  // Even so its colours may be wanted stronger.
  if (kept.length === 1 && look.saturation !== 1) kept.push(copyOf(kept[0]));
  const shots = kept.map((one) => ({ exposure: one.still.exposure?.value, ...one.light }));
  const { darkToBright, noted } = orderShots(shots);
  const ordered = darkToBright.map((index) => kept[index]);
  const given = ordered.findIndex(({ still }) => still.file === wanted);
  const { chosen, reference } = chooseShots(darkToBright.map((index) => shots[index]), given < 0 ? undefined : given);
  const exposures = chosen.map((index) => ordered[index]);
  if (kept.length > 1) tell(orderNews(exposures, exposures.indexOf(ordered[reference]), kept.length, noted));
  return { exposures, reference: exposures.indexOf(ordered[reference]) };
}

function orderNews(exposures: readonly Exposure[], reference: number, there: number, noted: boolean): string {
  const base = exposures[reference].still.exposure?.value ?? 0;
  const names = exposures.map(({ still }, index) => {
    const apart = (still.exposure?.value ?? 0) - base;
    return `${nameOf(still)}${noted && index !== reference ? ` (${apart > 0 ? '+' : ''}${apart.toFixed(1)} EV)` : ''}${index === reference ? ' (the reference)' : ''}`;
  });
  const left = there > exposures.length ? `; ${there - exposures.length} of ${there} add nothing to these` : '';
  return `Dark to bright, by ${noted ? 'the exposures that were noted' : 'brightness'}: ${names.join(', ')}${left}.`;
}
