/** Light of a bracket that is in memory, as a file. */
import { GstIplError } from '../../core/errors';
import { commonArea } from '../../ipl/kernels';
import { lineUpNews } from '../../ipl/line-up-news';
import { cropTo } from '../crop';
import { fuseExposures, lineUpAll, type Workshop } from '../fuse-exposures';
import type { FuseSettings } from '../fuse-settings';
import { planesOfAll, type Loaded } from '../load-exposures';
import { nameOf, type Bracket } from '../read-bracket';
import type { StillFormat } from '../still-formats';
import type { Taken } from '../take-exposures';
import type { HdrFormat } from './hdr-formats';
import { mergeStills } from './merge-stills';
import { writeHdr, type HdrWriting } from './write-hdr';

export interface HdrTarget {
  readonly output: string;
  readonly light: HdrFormat;
  readonly format: StillFormat;
}

/** Of the work: when exposures are lined up, and when their light is merged. What is left is encoding, which tells nothing meanwhile. */
const [LINED_UP, MERGED] = [0.5, 0.7];

/** Pixels whose encoding takes so long that it is said. */
const MANY = 6_000_000;

/** Light of the bracket, and for Ultra HDR what is fused of it, too. */
export async function mergeIn(workshop: Workshop, taken: Taken<Loaded>, bracket: Bracket, { output, light, format }: HdrTarget, settings: FuseSettings, hdr: HdrWriting): Promise<void> {
  const { exposures, reference } = taken;
  if (exposures.length < 2) throw new GstIplError('bad-exposures', 'All pictures are the same: there is no more light than one of them has.', { hint: 'Leave --hdr out, or give pictures of different exposures.' });
  const { threads } = workshop;
  const names = exposures.map(({ still }) => nameOf(still));
  const planes = planesOfAll(workshop, taken, bracket, settings);
  const linedUp = settings.align ? await lineUpAll(threads, planes, reference) : undefined;
  if (linedUp) settings.tell(lineUpNews(linedUp.linedUp, names));
  const { progress, tell } = settings;
  progress?.(LINED_UP);
  const covers = linedUp?.covers ?? [];
  const area = settings.crop ? commonArea(covers, planes[reference].eight.layout) : undefined;
  const noted = exposures.map(({ still }) => still.exposure?.value);
  const merged = await mergeStills(threads, { planes, covers, reference, names, noted, curve: hdr.curve, primaries: bracket.primaries, area }, tell, (share) => progress?.(LINED_UP + (MERGED - LINED_UP) * share));
  const { still, pixels: { eight: pixels } } = exposures[reference];
  const origin = { reference: still, profile: bracket.profile, software: settings.software };
  if (merged.width * merged.height > MANY) tell(`Encoding ${merged.width}x${merged.height} pixels as ${light}.`);
  if (light !== 'Ultra HDR') {
    await writeHdr(output, light, merged, origin, hdr.transfer);
    return progress?.(1);
  }
  const fused = await fuseExposures(workshop, planes.map(({ eight }) => ({ eight, deep: undefined })), reference, pixels, { ...settings, linedUp, progress: undefined });
  await fused.ready(0, bracket.height);
  const base = { pixels: area ? cropTo(pixels, bracket, area) : pixels, width: merged.width, height: merged.height };
  await writeHdr(output, light, merged, origin, hdr.transfer, { picture: base, format });
  progress?.(1);
}
