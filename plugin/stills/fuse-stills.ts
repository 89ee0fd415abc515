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
 * - Memory: all pictures at once, 6 bytes a pixel each, and 15 where they have 16 bits, up to `LARGE.bytes`. Of what would be more, pixels are in files
 *   beside the output (large/fuse-large.ts), and memory does not grow with them.
 * - All cores work: pictures are decoded side by side, lined up side by side, and blended and encoded band by band.
 */
import { availableParallelism } from 'node:os';
import { GstIplError } from '../core/errors';
import { PackedKernels } from '../ipl/kernels';
import { lineUpNews } from '../ipl/line-up-news';
import { DEFAULT_MODEL } from '../ipl/network/read-model';
import { FusionPool } from '../ipl/pool/fusion-pool';
import { MOST_FUSED } from './bracket';
import { cropTo } from './crop';
import { fuseExposures, planesOf, type Workshop } from './fuse-exposures';
import type { FuseSettings } from './fuse-settings';
import { fillHotPixels } from './hot-pixels';
import { inTurns } from './in-turns';
import { nameOf, openBracket, type Bracket, type StillPixels } from './read-bracket';
import { lightOf } from './shot-light';
import { stillFormat, type StillFormat } from './still-formats';
import { fuseLarge } from './large/fuse-large';
import { LONG } from './long-exposure';
import { takeExposures, type Exposure, type Taken } from './take-exposures';
import type { ExposurePlanes } from './threads/still-tasks';
import { StillThreads } from './threads/still-threads';
import { widened } from './widened';
import { writeStill } from './write-still';

interface Loaded extends Exposure {
  readonly pixels: StillPixels;
  /** Where they were made already. */
  readonly planes: ExposurePlanes | undefined;
}

export const LARGE = {
  /** Bytes of what is fused, up to which it is in memory: three of 24 megapixels have 430 MB, and there it is fastest. */
  bytes: 600e6,
};

/** Of the work. */
const READING = 0.4;

/** A pixel's. */
const [BYTES, DEEP_BYTES] = [6, 15];

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
  if (bracket.stills.length * width * height * (bracket.deep ? DEEP_BYTES : BYTES) > LARGE.bytes) return fuseLarge(workshop, bracket, { output, format }, settings);
  const taken = takeExposures(await readAll(workshop, bracket, settings.progress), { isSame, copyOf }, settings);
  const { still, pixels: { eight, deep } } = taken.exposures[taken.reference];
  const fusing = taken.exposures.length > 1 ? planesOfAll(workshop, taken, bracket, settings) : undefined;
  const pixels = bracket.deep ? (deep ?? widened(eight)) : eight;
  const fused = fusing && (await fuseExposures(workshop, fusing, taken.reference, pixels, settings));
  if (fused?.linedUp) settings.tell(lineUpNews(fused.linedUp, taken.exposures.map((exposure) => nameOf(exposure.still))));
  const origin = { reference: still, profile, software: settings.software };
  if (!fused?.area) return writeStill(output, format, { pixels, width, height, ready: fused?.ready }, origin);
  await fused.ready(0, height);
  const { area } = fused;
  await writeStill(output, format, { pixels: cropTo(pixels, bracket, area), width: area.width, height: area.height }, origin);
}

/**
 * All pictures, as many at a time as there are cores: while one is decoded, planes are made of the one before.
 */
async function readAll({ kernels }: Workshop, bracket: Bracket, progress: FuseSettings['progress']): Promise<Loaded[]> {
  const { stills, width, height, deep } = bracket;
  // Of more, it is not known yet which are fused.
  const all = stills.length <= MOST_FUSED;
  let read = 0;
  return inTurns(stills, availableParallelism(), async (still) => {
    const pixels = await bracket.read(still);
    const exposure = { still, light: lightOf(pixels.eight, width, height), pixels, planes: all ? planesOf(kernels, pixels, width, height, deep) : undefined };
    read += 1;
    progress?.((READING * read) / stills.length);
    return exposure;
  });
}

/** Of exposures dark to bright, without hot pixels. */
function planesOfAll({ kernels }: Workshop, { exposures, reference }: Taken<Loaded>, { width, height, deep }: Bracket, { tell }: FuseSettings): ExposurePlanes[] {
  const planes: ExposurePlanes[] = [];
  // The brightest first: each is held to what the one before it showed itself.
  for (let index = exposures.length - 1; index >= 0; index -= 1) {
    const { still, pixels: own, planes: made } = exposures[index];
    const isLong = index > reference && (still.exposure?.time ?? LONG) >= LONG;
    if (made && !isLong) {
      planes.unshift(made);
      continue;
    }
    const dots = isLong ? fillHotPixels(own, exposures[index - 1].pixels.eight, width, height, kernels) : 0;
    if (dots > 0) tell(`${nameOf(still)}: ${dots} dots that no darker picture shows (hot pixels) are filled.`);
    planes.unshift(made && dots === 0 ? made : planesOf(kernels, own, width, height, deep));
  }
  return planes;
}

function isSame({ pixels: a }: Loaded, { pixels: b }: Loaded): boolean {
  return [[a.eight, b.eight], [bytesOf(a.deep), bytesOf(b.deep)]].every(([one, other]) => (one && other ? Buffer.compare(one, other) === 0 : one === other));
}

const copyOf = (one: Loaded): Loaded => ({ ...one, pixels: { eight: one.pixels.eight.slice(), deep: one.pixels.deep?.slice() }, planes: undefined });

const bytesOf = (pixels: Uint16Array | undefined): Uint8Array | undefined => pixels && new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength);
