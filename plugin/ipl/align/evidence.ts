/** How much has to be seen before a motion is believed. */
import type { Agreement } from './agreement';

/** Why an exposure is left as it is. */
export type Reason = 'lines up' | 'dark or clipped' | 'flat' | 'ambiguous' | 'many motions' | 'no gain';

/** What counts as seen: of the plane, that is neither clipped nor black, and of tiles with texture in both. */
export const LEAST_SHARE = 0.02;
export const LEAST_TILES = 12;
/** In deviations and standard errors. */
export const SURE = 2.5;
/** Scatter of the tiles, in pixels of the finest level, that is one motion, parallax and rolling shutters included. */
export const MOST_SCATTER = 1.2;
/** How sure the map must be, in pixels of the finest level. */
export const MOST_DEVIATION = 1.5;
/** The gain in correlation that a tenth of a pixel of the finest level makes; what is less is chance, and a fit to noise. */
const LEAST_GAIN = 0.003;
/** Nobody would call that lined up. */
const MUCH = 10 * LEAST_GAIN;

/**
 * What the middle tile must correlate by. Of exposures that were found where they lie it was 0.43 or more, drowned in noise 0.12. Of those that show
 * another part of the scene, so that they lie nowhere, it was mostly below 0.07, and once 0.11, where something was found nevertheless: a shelf, a horizon,
 * a kerb agrees with itself farther along, which a third of the tiles then say.
 */
const LEAST_MIDDLE = 0.1;
/** Pixels of the finest texture, within which it is no other part of the scene: a clipped exposure with noise may correlate by less than that, and be right where it is. */
const BESIDE = 2;

const gainOf = ({ asIs, linedUp }: Agreement): number => linedUp - asIs;

/** Whether pictures agree more where they are lined up, and do so in most places. @param moved pixels of the finest texture, from how they are */
export const isGain = (agreement: Agreement, moved: number): boolean =>
  gainOf(agreement) >= LEAST_GAIN && agreement.certainty >= SURE && (agreement.middle >= LEAST_MIDDLE || moved <= BESIDE);
export const isMuch = (agreement: Agreement): boolean => gainOf(agreement) >= MUCH;
/** Whether they surely agree less. */
export const isLoss = (agreement: Agreement): boolean => gainOf(agreement) < 0 && agreement.certainty < -SURE;
