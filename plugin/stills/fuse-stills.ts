/**
 * One bracket of photographs into one: at full colour resolution, with what was said of the reference.
 *
 * - In: two or more pictures of one scene, in any order (still-file.ts has the formats). More than five are reduced to the five that
 *   matter (bracket.ts). Pictures that are the same count as one; if all are, that one is the result, to the code.
 * - They are ordered by what their cameras noted, else by brightness. The reference is the middle one, unless it is named.
 * - Hot pixels of exposures brighter than the reference are filled (hot-pixels.ts).
 * - Out: PNG, JPEG, TIFF, WebP or AVIF, by extension (still-formats.ts), whole or not at all. What the fusion did not change of the reference
 *   is what it was, to the code (ipl/kernels/packed-pixels.ts).
 * - 16 bits: where a picture has more than 8 a sample and the output takes them (PNG, TIFF), all is blended and written in 16 bits. How it
 *   is to be blended is found in 8.
 * - Memory: all pictures at once, 6 bytes a pixel each; 15 where they have 16 bits.
 * - All cores work: pictures are decoded side by side, lined up side by side, and blended and encoded band by band.
 */
import { availableParallelism } from 'node:os';
import { GstIplError } from '../core/errors';
import type { Look } from '../ipl/engine/look';
import { PackedKernels } from '../ipl/kernels';
import { lineUpNews } from '../ipl/line-up-news';
import { DEFAULT_MODEL } from '../ipl/network/read-model';
import { FusionPool } from '../ipl/pool/fusion-pool';
import { MOST_FUSED } from './bracket';
import { cropTo } from './crop';
import { fuseExposures, planesOf, type Fused, type Workshop } from './fuse-exposures';
import { fillHotPixels } from './hot-pixels';
import { inTurns } from './in-turns';
import { nameOf, openBracket, type Bracket } from './read-bracket';
import { stillFormat, type StillFormat } from './still-formats';
import { takeExposures, type Exposure, type Taken } from './take-exposures';
import type { ExposurePlanes } from './threads/still-tasks';
import { StillThreads } from './threads/still-threads';
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

/** @throws GstIplError `bad-caps`, `bad-exposures`, `bad-model`, `worker-failed`, `pipeline-failed` */
export async function fuseStills(files: readonly string[], output: string, settings: FuseSettings): Promise<void> {
  const format = stillFormat(output);
  if (!format) throw new TypeError(`There is no format for "${output}".`);
  const pool = new FusionPool({ model: DEFAULT_MODEL, sliceBands: 4, threads: 1 });
  const ready = pool.start();
  ready.catch(() => undefined); // Whoever waits for it will hear of it.
  const threads = await StillThreads.start();
  try {
    // Threads and the network get ready while pictures are decoded.
    await fuseIn({ pool, ready, threads, kernels: await PackedKernels.load() }, files, { output, format }, settings);
  } finally {
    await Promise.all([pool.close(), threads.close()]);
  }
}

async function fuseIn(workshop: Workshop, files: readonly string[], { output, format }: { output: string; format: StillFormat }, settings: FuseSettings): Promise<void> {
  const bracket = await openBracket(files, { crop: settings.align, deep: format.deep, tell: settings.tell });
  const { width, height, profile } = bracket;
  if (Math.max(width, height) > format.longest) {
    throw new GstIplError('bad-caps', `${format.name} has no pictures of ${width}x${height} pixels: ${format.longest} is its longest side.`, { hint: 'Write a PNG or a TIFF.' });
  }
  const taken = takeExposures(await readAll(workshop, bracket), bracket, settings);
  const { still, pixels: { eight, deep } } = taken.exposures[taken.reference];
  const pixels = bracket.deep ? (deep ?? widened(eight)) : eight;
  const fused = taken.exposures.length > 1 ? await fuse(workshop, taken, pixels, bracket, settings) : undefined;
  const origin = { reference: still, profile, software: settings.software };
  if (!fused?.area) return writeStill(output, format, { pixels, width, height, ready: fused?.ready }, origin);
  await fused.ready(0, height);
  const { left, top, ...size } = fused.area;
  await writeStill(output, format, { pixels: cropTo(pixels, bracket, fused.area), ...size }, origin);
}

/** All pictures, as many at a time as there are cores: while one is decoded, planes are made of the one before. */
function readAll({ kernels }: Workshop, bracket: Bracket): Promise<Exposure[]> {
  const { stills, width, height, deep } = bracket;
  // Of more, it is not known yet which are fused.
  const all = stills.length <= MOST_FUSED;
  return inTurns(stills, availableParallelism(), async (still) => {
    const pixels = await bracket.read(still);
    return { still, pixels, planes: all ? planesOf(kernels, pixels, width, height, deep) : undefined };
  });
}

/** Changes the reference's pixels to what is fused. */
async function fuse(workshop: Workshop, { exposures, reference }: Taken, pixels: Uint8Array | Uint16Array, bracket: Bracket, settings: FuseSettings): Promise<Fused> {
  const { width, height, deep } = bracket;
  const planes = exposures.map(({ still, pixels: own, planes: made }, index): ExposurePlanes => {
    const darker = index > reference && (still.exposure?.time ?? LONG) >= LONG ? exposures[index - 1].pixels.eight : undefined;
    const dots = darker ? fillHotPixels(own, darker, width, height, workshop.kernels) : 0;
    if (dots > 0) settings.tell(`${nameOf(still)}: ${dots} dots that no darker picture shows (hot pixels) are filled.`);
    return made && dots === 0 ? made : planesOf(workshop.kernels, own, width, height, deep);
  });
  const fused = await fuseExposures(workshop, planes, reference, pixels, settings);
  if (fused.linedUp) settings.tell(lineUpNews(fused.linedUp, exposures.map(({ still }) => nameOf(still))));
  return fused;
}

/** The same codes of 16 bits. */
function widened(pixels: Uint8Array): Uint16Array {
  const out = new Uint16Array(pixels.length);
  for (let at = 0; at < pixels.length; at += 1) out[at] = pixels[at] * 257;
  return out;
}
