/** Which of the pictures are fused, in which order, and with what as reference; and what is told of it. */
import type { Look } from '../ipl/engine/look';
import { chooseShots, distinct, orderShots, type Shot } from './bracket';
import { nameOf, type StillPixels } from './read-bracket';
import type { Still } from './still-file';
import type { ExposurePlanes } from './threads/still-tasks';

export interface Exposure {
  readonly still: Still;
  readonly light: Omit<Shot, 'exposure'>;
  /** Not kept of large pictures, which are read again where they are needed. */
  readonly pixels: StillPixels | undefined;
  /** Where they were made already. One of both is there. */
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

export function takeExposures(all: readonly Exposure[], { reference: wanted, look, tell }: Wanted): Taken {
  // The reference first: of two that are the same it is the one that stays.
  const first = [...all].sort((a, b) => Number(b.still.file === wanted) - Number(a.still.file === wanted));
  const kept = distinct(first, (a, b) => isSame(a, b));
  if (kept.length < all.length) tell(kept.length === 1 ? 'All pictures are the same.' : `${all.length - kept.length} of ${all.length} pictures are there twice, and count once.`);
  // Even so its colours may be wanted stronger.
  if (kept.length === 1 && look.saturation !== 1) kept.push({ ...kept[0], pixels: copyOf(kept[0].pixels), planes: undefined });
  const shots = kept.map((one) => ({ exposure: one.still.exposure?.value, ...one.light }));
  const { darkToBright, noted } = orderShots(shots);
  const ordered = darkToBright.map((index) => kept[index]);
  const given = ordered.findIndex(({ still }) => still.file === wanted);
  const { chosen, reference } = chooseShots(darkToBright.map((index) => shots[index]), given < 0 ? undefined : given);
  const exposures = chosen.map((index) => ordered[index]);
  if (kept.length > 1) tell(orderNews(exposures, exposures.indexOf(ordered[reference]), kept.length, noted));
  return { exposures, reference: exposures.indexOf(ordered[reference]) };
}

/** Of pixels, or where they were not kept of planes, which differ by less than a code where those do. */
function isSame({ pixels: a, planes: p }: Exposure, { pixels: b, planes: q }: Exposure): boolean {
  const pairs = a && b ? [[a.eight, b.eight], [bytesOf(a.deep), bytesOf(b.deep)]] : [[p?.eight.payload, q?.eight.payload], [p?.deep?.payload, q?.deep?.payload]];
  return pairs.every(([one, other]) => (one && other ? Buffer.compare(one, other) === 0 : one === other));
}

const copyOf = (pixels: StillPixels | undefined): StillPixels | undefined => pixels && { eight: pixels.eight.slice(), deep: pixels.deep?.slice() };

const bytesOf = (pixels: Uint16Array | undefined): Uint8Array | undefined => pixels && new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength);

function orderNews(exposures: readonly Exposure[], reference: number, there: number, noted: boolean): string {
  const base = exposures[reference].still.exposure?.value ?? 0;
  const names = exposures.map(({ still }, index) => {
    const apart = (still.exposure?.value ?? 0) - base;
    return `${nameOf(still)}${noted && index !== reference ? ` (${apart > 0 ? '+' : ''}${apart.toFixed(1)} EV)` : ''}${index === reference ? ' (the reference)' : ''}`;
  });
  const left = there > exposures.length ? `; ${there - exposures.length} of ${there} add nothing to these` : '';
  return `Dark to bright, by ${noted ? 'the exposures that were noted' : 'brightness'}: ${names.join(', ')}${left}.`;
}
