/**
 * A bracket that is too large for memory: each picture is decoded into a file of pixels (pixel-files.ts), one after the other, and rows of them are fused into
 * another, which is then encoded. What comes out is what comes out of memory, to the code.
 */
import { lineUpNews } from '../../ipl/line-up-news';
import type { FuseSettings } from '../fuse-settings';
import type { Workshop } from '../fuse-exposures';
import type { Bracket } from '../read-bracket';
import { nameOf } from '../read-bracket';
import { lightOfRows } from '../shot-light';
import type { StillFormat } from '../still-formats';
import { LONG } from '../long-exposure';
import { takeExposures, type Exposure, type Taken } from '../take-exposures';
import { widened } from '../widened';
import { writeStill } from '../write-still';
import { borderNews } from '../blank-borders';
import { fillBordersIn } from './fill-borders';
import { fillHotPixelsIn, upperHalves } from './fill-hot-pixels';
import { fuseFiles } from './fuse-files';
import { writeRows, type PixelFile } from './pixel-file';
import { PixelFiles } from './pixel-files';

interface Stored extends Exposure {
  readonly pixels: PixelFile;
}

/** Of the work. */
const [READING, FUSED] = [0.4, 0.8];

/** Rows at a time, where little is done with them. */
const ROWS = 64;

export async function fuseLarge(workshop: Workshop, bracket: Bracket, { output, format }: { output: string; format: StillFormat }, settings: FuseSettings): Promise<void> {
  const files = new PixelFiles(output);
  try {
    const { progress, tell } = settings;
    const all: Stored[] = [];
    for (const still of bracket.stills) {
      const pixels = await bracket.store(still, files);
      all.push({ still, pixels, light: lightOfRows((y) => upperHalves(pixels.rows(y, y + 1)), pixels.width, pixels.height) });
      progress?.((READING * all.length) / bracket.stills.length);
    }
    const taken = takeExposures(all, { isSame: (one, other) => isSame(one.pixels, other.pixels), copyOf: (one) => ({ ...one }) }, settings);
    fillAll(workshop, taken, tell);
    const { still } = taken.exposures[taken.reference];
    const pixels = await fusedOf(workshop, taken, files, bracket, { ...settings, progress: (share) => progress?.(READING + (FUSED - READING) * share) });
    await writeStill(output, format, pixels, { reference: still, profile: bracket.profile, software: settings.software });
    progress?.(1);
  } catch (error) {
    throw files.explained(error);
  } finally {
    files.close();
  }
}

async function fusedOf(workshop: Workshop, { exposures, reference }: Taken<Stored>, files: PixelFiles, { width, height, deep }: Bracket, settings: FuseSettings): Promise<PixelFile> {
  const own = exposures[reference].pixels;
  const sample = deep ? 2 : 1;
  if (exposures.length === 1 && own.sample === sample) return own;
  const out = files.create({ width, height }, sample);
  if (exposures.length === 1) {
    for (let row = 0; row < height; row += ROWS) writeRows(out.place, row, widened(upperHalves(own.rows(row, Math.min(height, row + ROWS)))));
    return out;
  }
  const { linedUp, area } = await fuseFiles(workshop, exposures.map(({ pixels }) => pixels), reference, out, settings);
  if (linedUp) settings.tell(lineUpNews(linedUp, exposures.map(({ still }) => nameOf(still))));
  if (area) out.crop(area);
  return out;
}

/** The brightest first: each is held to what the one before it showed itself. */
function fillAll({ kernels }: Workshop, { exposures, reference }: Taken<Stored>, tell: FuseSettings['tell']): void {
  for (let index = exposures.length - 1; index >= 0; index -= 1) {
    if (index === reference) continue;
    const { still, pixels } = exposures[index];
    const border = fillBordersIn(pixels, exposures[reference].pixels, index > reference);
    if (border > 0) tell(borderNews(nameOf(still), border));
    if (index < reference) continue;
    const dots = (still.exposure?.time ?? LONG) >= LONG ? fillHotPixelsIn(pixels, exposures[index - 1].pixels, kernels) : 0;
    if (dots > 0) tell(`${nameOf(still)}: ${dots} dots that no darker picture shows (hot pixels) are filled.`);
  }
}

function isSame(one: PixelFile, other: PixelFile): boolean {
  if (one.sample !== other.sample) return false;
  for (let row = 0; row < one.height; row += ROWS) {
    const [a, b] = [one, other].map((file) => file.rows(row, Math.min(one.height, row + ROWS)));
    if (Buffer.compare(Buffer.from(a.buffer), Buffer.from(b.buffer)) !== 0) return false;
  }
  return true;
}
