/** The pictures of a bracket in memory, and planes of those that are fused. */
import { cores } from '../core/cores';
import { HELD } from '../ipl/engine/held-border';
import { blockSize } from '../ipl/network/slice-plan';
import { borderNews, fillBorder, findBorder, SIDES } from './blank-borders';
import { MOST_FUSED } from './bracket';
import { planesOf, type Workshop } from './fuse-exposures';
import type { FuseSettings } from './fuse-settings';
import { fillHotPixels } from './hot-pixels';
import { inTurns } from './in-turns';
import { LONG } from './long-exposure';
import { nameOf, type Bracket, type StillPixels } from './read-bracket';
import { lightOf } from './shot-light';
import type { Exposure, Taken } from './take-exposures';
import type { ExposurePlanes } from './threads/still-tasks';

export interface Loaded extends Exposure {
  readonly pixels: StillPixels;
  /** Where they were made already. */
  readonly planes: ExposurePlanes | undefined;
}

/** Of the work. */
const READING = 0.4;

/**
 * All pictures, as many at a time as there are cores: while one is decoded, planes are made of the one before.
 */
export async function readAll(workshop: Workshop, bracket: Bracket, progress: FuseSettings['progress']): Promise<Loaded[]> {
  const { stills, width, height, deep } = bracket;
  // Of more, it is not known yet which are fused.
  const all = stills.length <= MOST_FUSED;
  let read = 0;
  return inTurns(stills, cores(), async (still) => {
    const pixels = await bracket.read(still);
    const exposure = { still, light: lightOf(pixels.eight, width, height), pixels, planes: all ? planesOf(workshop, pixels, width, height, deep) : undefined };
    read += 1;
    progress?.((READING * read) / stills.length);
    return exposure;
  });
}

/** Of exposures dark to bright, without hot pixels and black borders. */
export function planesOfAll(workshop: Workshop, { exposures, reference }: Taken<Loaded>, { width, height, deep }: Bracket, { tell }: FuseSettings): ExposurePlanes[] {
  const planes: ExposurePlanes[] = [];
  // The brightest first: each is held to what the one before it showed itself.
  for (let index = exposures.length - 1; index >= 0; index -= 1) {
    const { still, pixels: own, planes: made } = exposures[index];
    const isLong = index > reference && (still.exposure?.time ?? LONG) >= LONG;
    const border = index === reference ? 0 : fillBorders(own, exposures[reference].pixels, index > reference, width, height);
    if (border > 0) tell(borderNews(nameOf(still), border));
    const dots = isLong ? fillHotPixels(own, exposures[index - 1].pixels.eight, width, height, workshop.kernels) : 0;
    if (dots > 0) tell(`${nameOf(still)}: ${dots} dots that no darker picture shows (hot pixels) are filled.`);
    planes.unshift(made && dots === 0 && border === 0 ? made : planesOf(workshop, own, width, height, deep));
  }
  return planes;
}

/** @returns pixels of the widest; 0 where there is none */
function fillBorders({ eight, deep }: StillPixels, reference: StillPixels, brighter: boolean, width: number, height: number): number {
  const own = { pixels: eight, width, height };
  return SIDES.reduce((widest, side) => {
    const border = findBorder(own, { ...own, pixels: reference.eight }, side, brighter, HELD * blockSize(width, height));
    if (!border) return widest;
    if (deep) fillBorder({ ...own, pixels: deep }, border);
    return Math.max(widest, fillBorder(own, border));
  }, 0);
}

export function isSame({ pixels: a }: Loaded, { pixels: b }: Loaded): boolean {
  return [[a.eight, b.eight], [bytesOf(a.deep), bytesOf(b.deep)]].every(([one, other]) => (one && other ? Buffer.compare(one, other) === 0 : one === other));
}

export const copyOf = (one: Loaded): Loaded => ({ ...one, pixels: { eight: one.pixels.eight.slice(), deep: one.pixels.deep?.slice() }, planes: undefined });

const bytesOf = (pixels: Uint16Array | undefined): Uint8Array | undefined => pixels && new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength);
