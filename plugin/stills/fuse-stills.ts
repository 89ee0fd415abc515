/**
 * One bracket of photographs into one: at full colour resolution, with what was said of the reference.
 *
 * - In: two or more pictures of one scene, in any order (still-file.ts has the formats). More than five are reduced to the five that
 *   matter (bracket.ts). Pictures that are the same count as one; if all are, that one is the result, to the code.
 * - They are ordered by what their cameras noted, else by brightness. The reference is the middle one, unless it is named.
 * - Hot pixels of exposures brighter than the reference are filled (hot-pixels.ts).
 * - Out: PNG, JPEG, TIFF, WebP or AVIF, by extension (still-formats.ts), whole or not at all. What the fusion did not change of the reference
 *   is what it was, to the code (ipl/kernels/packed-pixels.ts).
 * - 16 bits: where a picture has more than 8 a sample and the output takes them (PNG, TIFF, AVIF), all is blended and written in 16 bits. How it
 *   is to be blended is found in 8.
 * - With `hdr`: light, merged of planes of 16 bits (hdr/merge-stills.ts); 12 bytes a pixel more, always in memory.
 * - Memory: all pictures at once, 6 bytes a pixel each, and 15 where they have 16 bits, up to `LARGE.bytes`. Of what would be more, pixels are in files
 *   beside the output (large/fuse-large.ts), and memory does not grow with them.
 * - All cores work: pictures are decoded side by side, lined up side by side, and blended and encoded band by band.
 */
import { availableParallelism, totalmem } from 'node:os';
import { GstIplError } from '../core/errors';
import { commonArea, PackedKernels } from '../ipl/kernels';
import { lineUpNews } from '../ipl/line-up-news';
import { DEFAULT_MODEL } from '../ipl/network/read-model';
import { FusionPool } from '../ipl/pool/fusion-pool';
import { MOST_FUSED } from './bracket';
import { cropTo } from './crop';
import { fuseExposures, lineUpAll, planesOf, type Workshop } from './fuse-exposures';
import type { FuseSettings } from './fuse-settings';
import { hdrFormat, type HdrFormat } from './hdr/hdr-formats';
import { mergeStills } from './hdr/merge-stills';
import { writeHdr, type HdrWriting } from './hdr/write-hdr';
import { fillHotPixels } from './hot-pixels';
import { inTurns } from './in-turns';
import { nameOf, openBracket, type Bracket, type StillPixels } from './read-bracket';
import { lightOf } from './shot-light';
import { fuseLarge } from './large/fuse-large';
import { LONG } from './long-exposure';
import { stillFormat, type StillFormat } from './still-formats';
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
  /** Bytes of light and what it is merged of, from which on there is no room: those of the machine, or what the process may have of them. */
  light: Math.min(totalmem(), process.constrainedMemory() || Infinity),
};

/** Of the work. */
const READING = 0.4;

/** A pixel's. */
const [BYTES, DEEP_BYTES, LIGHT_BYTES] = [6, 15, 12];

/** @throws GstIplError `bad-caps`, `bad-exposures`, `bad-model`, `worker-failed`, `pipeline-failed` */
export async function fuseStills(files: readonly string[], output: string, settings: FuseSettings): Promise<void> {
  const light = settings.hdr && hdrFormat(output);
  // Ultra HDR has a JPEG; what has only light, no limit of its own.
  const format = stillFormat(output, settings.avifBits) ?? (light && stillFormat('light.png'));
  if (!format || (settings.hdr && !light)) throw new TypeError(`There is no format for "${output}".`);
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
  const bracket = await openBracket(files, { crop: settings.align, deep: format.deep || settings.hdr !== undefined, hdr: settings.hdr, tell: settings.tell });
  const { width, height, profile } = bracket;
  const light = settings.hdr && hdrFormat(output);
  checkSize(bracket, format);
  const bytes = bytesOfAll(bracket);
  if (light) checkMemory(bracket, bytes);
  else if (bytes > LARGE.bytes) return fuseLarge(workshop, bracket, { output, format }, settings);
  const taken = takeExposures(await readAll(workshop, bracket, settings.progress), { isSame, copyOf }, settings);
  const { still, pixels: { eight, deep } } = taken.exposures[taken.reference];
  if (light && settings.hdr) return mergeIn(workshop, taken, bracket, { output, light, format }, settings, settings.hdr);
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

function checkSize({ width, height }: Bracket, { name, longest }: StillFormat): void {
  if (Math.max(width, height) <= longest) return;
  throw new GstIplError('bad-caps', `${name} has no pictures of ${width}x${height} pixels: ${longest} is its longest side.`, { hint: 'Write a PNG or a TIFF.' });
}

const bytesOfAll = ({ stills, width, height, deep }: Bracket): number => stills.length * width * height * (deep ? DEEP_BYTES : BYTES);

/** Light is merged in memory: better a sentence than a system that ends the process. */
function checkMemory({ stills, width, height }: Bracket, bytes: number): void {
  const needed = bytes + LIGHT_BYTES * width * height;
  if (needed <= LARGE.light) return;
  const [wanted, there] = [needed, LARGE.light].map((some) => (some / 1e9).toFixed(1));
  throw new GstIplError('bad-caps', `HDR of ${stills.length} pictures of ${width}x${height} pixels takes ${wanted} GB of memory, and there are ${there} GB.`, {
    hint: 'Leave --hdr out (large pictures are fused from files then), or make the pictures smaller.',
  });
}

interface HdrTarget {
  readonly output: string;
  readonly light: HdrFormat;
  readonly format: StillFormat;
}

/** Light of the bracket, and for Ultra HDR what is fused of it, too. */
async function mergeIn(workshop: Workshop, taken: Taken<Loaded>, bracket: Bracket, { output, light, format }: HdrTarget, settings: FuseSettings, hdr: HdrWriting): Promise<void> {
  const { exposures, reference } = taken;
  if (exposures.length < 2) throw new GstIplError('bad-exposures', 'All pictures are the same: there is no more light than one of them has.', { hint: 'Leave --hdr out, or give pictures of different exposures.' });
  const { threads } = workshop;
  const names = exposures.map(({ still }) => nameOf(still));
  const planes = planesOfAll(workshop, taken, bracket, settings);
  const linedUp = settings.align ? await lineUpAll(threads, planes, reference) : undefined;
  if (linedUp) settings.tell(lineUpNews(linedUp.linedUp, names));
  const covers = linedUp?.covers ?? [];
  const area = settings.crop ? commonArea(covers, planes[reference].eight.layout) : undefined;
  const noted = exposures.map(({ still }) => still.exposure?.value);
  const merged = await mergeStills(threads, { planes, covers, reference, names, noted, curve: hdr.curve, primaries: bracket.primaries, area }, settings.tell);
  const { still, pixels: { eight: pixels } } = exposures[reference];
  const origin = { reference: still, profile: bracket.profile, software: settings.software };
  if (light !== 'Ultra HDR') return writeHdr(output, light, merged, origin, hdr);
  const fused = await fuseExposures(workshop, planes.map(({ eight }) => ({ eight, deep: undefined })), reference, pixels, { ...settings, linedUp });
  await fused.ready(0, bracket.height);
  const base = { pixels: area ? cropTo(pixels, bracket, area) : pixels, width: merged.width, height: merged.height };
  await writeHdr(output, light, merged, origin, hdr, { picture: base, format });
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
