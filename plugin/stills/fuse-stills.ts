/**
 * One bracket of photographs into one: at full colour resolution, with what was said of the reference.
 *
 * - In: two or more pictures of one scene, in any order (still-file.ts has the formats). More than five are reduced to the five that
 *   matter (bracket.ts). Pictures that are the same count as one; if all are, that one is the result, to the code.
 * - They are ordered by what their cameras noted, else by brightness. The reference is the middle one, unless it is named.
 * - Hot pixels of exposures brighter than the reference are filled (hot-pixels.ts).
 * - Out: PNG, JPEG, TIFF, WebP or AVIF, by extension (still-formats.ts), whole or not at all. What the fusion did not change of the reference
 *   is what it was, to the code: of 16 bits in PNG and TIFF (full-colour.ts).
 * - Memory: all pictures at once, 6 bytes a pixel each, and 6 more where the reference has 16 bits.
 */
import { planeLayout } from '../core/frames/video-layout';
import { GstIplError } from '../core/errors';
import type { Look } from '../ipl/engine/look';
import { lineUpNews } from '../ipl/line-up-news';
import { DEFAULT_MODEL } from '../ipl/network/read-model';
import { FusionPool } from '../ipl/pool/fusion-pool';
import { chooseShots, distinct, orderShots } from './bracket';
import { cropTo, type Area } from './crop';
import { fillHotPixels } from './hot-pixels';
import { nameOf, readBracket, type Bracket } from './read-bracket';
import { lightOf } from './shot-light';
import { stillFormat, type StillFormat } from './still-formats';
import type { Still } from './still-file';
import { takeChanges, toFullColour } from './full-colour';
import { writeStill } from './write-still';

export interface FuseSettings {
  readonly align: boolean;
  /** To what all pictures show, where they were lined up. */
  readonly crop: boolean;
  readonly look: Look;
  /** Which of the files is the reference; undefined for the middle one. */
  readonly reference: string | undefined;
  /** What made the picture, for its notes. */
  readonly software: string;
  readonly tell: (message: string) => void;
}

/** Seconds: what leaks into a sensor's cell in less does not show. */
const LONG = 1 / 4;

interface Exposure {
  readonly still: Still;
  /** Red, green, blue. */
  readonly pixels: Uint8Array;
}

/** @throws GstIplError `bad-caps`, `bad-exposures`, `bad-model`, `worker-failed`, `pipeline-failed` */
export async function fuseStills(files: readonly string[], output: string, settings: FuseSettings): Promise<void> {
  const format = stillFormat(output);
  if (!format) throw new TypeError(`There is no format for "${output}".`);
  // A thread and its network are there by the time that the pictures are.
  const pool = new FusionPool({ model: DEFAULT_MODEL, sliceBands: 4, threads: 1 });
  const ready = pool.start();
  ready.catch(() => undefined); // Whoever waits for it will hear of it.
  try {
    await fuseWith({ pool, ready }, files, { output, format }, settings);
  } finally {
    await pool.close();
  }
}

interface Threads {
  readonly pool: FusionPool;
  readonly ready: Promise<void>;
}

async function fuseWith(threads: Threads, files: readonly string[], { output, format }: { output: string; format: StillFormat }, settings: FuseSettings): Promise<void> {
  const bracket = await readBracket(files, settings.align, settings.tell);
  const { width, height } = bracket;
  if (Math.max(width, height) > format.longest) {
    throw new GstIplError('bad-caps', `${format.name} has no pictures of ${width}x${height} pixels: ${format.longest} is its longest side.`, { hint: 'Write a PNG or a TIFF.' });
  }
  const { exposures, reference } = takeExposures(bracket, settings);
  const still = exposures[reference].still;
  const pixels = still.deep && format.deep ? await bracket.deepPixelsOf(still) : exposures[reference].pixels;
  const area = exposures.length > 1 ? await fuse(threads, exposures, reference, pixels, bracket, settings) : undefined;
  const { left, top, ...size } = area ?? { left: 0, top: 0, width, height };
  await writeStill(output, format, { pixels: cropTo(pixels, bracket, { left, top, ...size }), ...size }, { reference: still, profile: bracket.profile, software: settings.software });
}

/** Those that are fused, dark to bright. */
function takeExposures({ stills, pixels, width, height }: Bracket, { reference: wanted, look, tell }: FuseSettings): { exposures: Exposure[]; reference: number } {
  const all = stills.map((still, index): Exposure => ({ still, pixels: pixels[index] }));
  // The reference first: of two that are the same it is the one that stays.
  const first = [...all].sort((a, b) => Number(b.still.file === wanted) - Number(a.still.file === wanted));
  const kept = distinct(first, (a, b) => Buffer.compare(a.pixels, b.pixels) === 0);
  if (kept.length < all.length) tell(kept.length === 1 ? 'All pictures are the same.' : `${all.length - kept.length} of ${all.length} pictures are there twice, and count once.`);
  // Even so its colours may be wanted stronger.
  if (kept.length === 1 && look.saturation !== 1) kept.push({ ...kept[0], pixels: kept[0].pixels.slice() });
  const shots = kept.map((one) => ({ exposure: one.still.exposure?.value, ...lightOf(one.pixels, width, height) }));
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

/** Changes the reference's pixels to what is fused. @returns the part of them to be kept, where it is not all */
async function fuse(
  { pool, ready }: Threads, exposures: readonly Exposure[], reference: number, pixels: Uint8Array | Uint16Array, { width, height }: Bracket, { align, crop, look, tell }: FuseSettings,
): Promise<Area | undefined> {
  const layout = planeLayout('Y444', width, height);
  for (let index = exposures.length - 1; index > reference; index -= 1) {
    const { still, pixels: own } = exposures[index];
    if ((still.exposure?.time ?? LONG) < LONG) continue;
    const dots = fillHotPixels(own, exposures[index - 1].pixels, width, height);
    if (dots > 0) tell(`${nameOf(still)}: ${dots} dots that no darker picture shows (hot pixels) are filled.`);
  }
  const payloads = exposures.map((exposure) => toFullColour(exposure.pixels, layout));
  await ready;
  const outcome = await pool.fuse({ layout, range: 'full', reference, look, align, crop }, exposures.length, () => Promise.resolve(payloads), 'stills');
  if ('death' in outcome) throw outcome.death;
  if ('error' in outcome) throw outcome.error;
  const { payload, report } = outcome.picture;
  if (report.linedUp) tell(lineUpNews(report.linedUp, exposures.map(({ still }) => nameOf(still))));
  takeChanges(pixels, payload, layout, report.area);
  return report.area;
}
