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
 * - With `hdr`: light, merged of planes of 16 bits (hdr/merge-bracket.ts); 12 bytes a pixel more, always in memory (memory.ts).
 * - Memory: all pictures at once, 6 bytes a pixel each, and 15 where they have 16 bits, up to `LARGE.bytes`. Of what would be more, pixels are in files
 *   beside the output (large/fuse-large.ts), and memory does not grow with them.
 * - All cores work: pictures are decoded side by side, lined up side by side, and blended and encoded band by band.
 */
import { GstIplError } from '../core/errors';
import { traced } from '../core/tracing';
import { PackedKernels } from '../ipl/kernels';
import { lineUpNews } from '../ipl/line-up-news';
import { DEFAULT_MODEL } from '../ipl/network/read-model';
import { FusionPool } from '../ipl/pool/fusion-pool';
import { cropTo } from './crop';
import { fuseExposures, type Workshop } from './fuse-exposures';
import type { FuseSettings } from './fuse-settings';
import { hdrFormat } from './hdr/hdr-formats';
import { mergeIn } from './hdr/merge-bracket';
import { fuseLarge } from './large/fuse-large';
import { copyOf, isSame, planesOfAll, readAll, type Loaded } from './load-exposures';
import { bytesOfAll, checkMemory, LARGE } from './memory';
import { nameOf, openBracket, type Bracket } from './read-bracket';
import { PlaneMemory } from './plane-memory';
import { stillFormat, type StillFormat } from './still-formats';
import { takeExposures, type Taken } from './take-exposures';
import { StillThreads } from './threads/still-threads';
import { widened } from './widened';
import { writeStill } from './write-still';

interface Target {
  readonly output: string;
  readonly format: StillFormat;
}

/** @throws GstIplError `bad-caps`, `bad-exposures`, `bad-model`, `worker-failed`, `pipeline-failed` */
export function fuseStills(files: readonly string[], output: string, settings: FuseSettings): Promise<void> {
  return traced('gst_ipl.still', () => ({ 'gst_ipl.inputs': files.length, 'gst_ipl.output': output }), () => fuseTraced(files, output, settings));
}

async function fuseTraced(files: readonly string[], output: string, settings: FuseSettings): Promise<void> {
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
    const memory = new PlaneMemory();
    await fuseIn({ pool, ready, threads, kernels: await PackedKernels.load(), memory }, files, { output, format }, settings);
    // Where something failed, threads may still be at work in it.
    memory.giveBack();
  } finally {
    await Promise.all([pool.close(), threads.close()]);
  }
}

async function fuseIn(workshop: Workshop, files: readonly string[], { output, format }: Target, settings: FuseSettings): Promise<void> {
  const bracket = await openBracket(files, { crop: settings.align, deep: format.deep || settings.hdr !== undefined, bits: settings.avifBits, hdr: settings.hdr, tell: settings.tell });
  const { hdr } = settings;
  const light = hdr && hdrFormat(output);
  checkSize(bracket, format, light !== undefined);
  if (light) checkMemory(bracket);
  else if (bytesOfAll(bracket) > LARGE.bytes) return fuseLarge(workshop, bracket, { output, format }, settings);
  const taken = takeExposures(await readAll(workshop, bracket, settings.progress), { isSame, copyOf }, settings);
  if (light) return mergeIn(workshop, taken, bracket, { output, light, format }, settings, hdr);
  await fuseTaken(workshop, taken, bracket, { output, format }, settings);
}

async function fuseTaken(workshop: Workshop, taken: Taken<Loaded>, bracket: Bracket, { output, format }: Target, settings: FuseSettings): Promise<void> {
  const { width, height, profile } = bracket;
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

function checkSize({ width, height }: Bracket, { name, longest }: StillFormat, isHdr: boolean): void {
  if (Math.max(width, height) <= longest) return;
  throw new GstIplError('bad-caps', `${name} has no pictures of ${width}x${height} pixels: ${longest} is its longest side.`, { hint: isHdr ? 'Write OpenEXR (.exr) or Radiance (.hdr).' : 'Write a PNG or a TIFF.' });
}
