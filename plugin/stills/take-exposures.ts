/** Which of the pictures are fused, in which order, and with what as reference; and what is told of it. */
import type { Look } from '../ipl/engine/look';
import { chooseShots, distinct, orderShots } from './bracket';
import { nameOf, type Bracket, type StillPixels } from './read-bracket';
import { lightOf } from './shot-light';
import type { Still } from './still-file';
import type { ExposurePlanes } from './threads/still-tasks';

export interface Exposure {
  readonly still: Still;
  readonly pixels: StillPixels;
  /** Where they were made already. */
  readonly planes: ExposurePlanes | undefined;
}

export interface Taken {
  /** Dark to bright. */
  readonly exposures: readonly Exposure[];
  readonly reference: number;
}

interface Wanted {
  readonly reference: string | undefined;
  readonly look: Look;
  readonly tell: (message: string) => void;
}

export function takeExposures(all: readonly Exposure[], { width, height }: Bracket, { reference: wanted, look, tell }: Wanted): Taken {
  // The reference first: of two that are the same it is the one that stays.
  const first = [...all].sort((a, b) => Number(b.still.file === wanted) - Number(a.still.file === wanted));
  const kept = distinct(first, (a, b) => isSame(a.pixels, b.pixels));
  if (kept.length < all.length) tell(kept.length === 1 ? 'All pictures are the same.' : `${all.length - kept.length} of ${all.length} pictures are there twice, and count once.`);
  // Even so its colours may be wanted stronger.
  if (kept.length === 1 && look.saturation !== 1) kept.push({ ...kept[0], pixels: { eight: kept[0].pixels.eight.slice(), deep: kept[0].pixels.deep?.slice() }, planes: undefined });
  const shots = kept.map((one) => ({ exposure: one.still.exposure?.value, ...lightOf(one.pixels.eight, width, height) }));
  const { darkToBright, noted } = orderShots(shots);
  const ordered = darkToBright.map((index) => kept[index]);
  const given = ordered.findIndex(({ still }) => still.file === wanted);
  const { chosen, reference } = chooseShots(darkToBright.map((index) => shots[index]), given < 0 ? undefined : given);
  const exposures = chosen.map((index) => ordered[index]);
  if (kept.length > 1) tell(orderNews(exposures, exposures.indexOf(ordered[reference]), kept.length, noted));
  return { exposures, reference: exposures.indexOf(ordered[reference]) };
}

function isSame(a: StillPixels, b: StillPixels): boolean {
  return Buffer.compare(a.eight, b.eight) === 0 && a.deep?.length === b.deep?.length && (!a.deep || !b.deep || Buffer.compare(bytesOf(a.deep), bytesOf(b.deep)) === 0);
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Uint16Array): Uint8Array => new Uint8Array(buffer, byteOffset, byteLength);

function orderNews(exposures: readonly Exposure[], reference: number, there: number, noted: boolean): string {
  const base = exposures[reference].still.exposure?.value ?? 0;
  const names = exposures.map(({ still }, index) => {
    const apart = (still.exposure?.value ?? 0) - base;
    return `${nameOf(still)}${noted && index !== reference ? ` (${apart > 0 ? '+' : ''}${apart.toFixed(1)} EV)` : ''}${index === reference ? ' (the reference)' : ''}`;
  });
  const left = there > exposures.length ? `; ${there - exposures.length} of ${there} add nothing to these` : '';
  return `Dark to bright, by ${noted ? 'the exposures that were noted' : 'brightness'}: ${names.join(', ')}${left}.`;
}
