/** Numbers of the pixel rule and of the block statistics. Written by scripts/generate-rule.js from models/train/network/rule.json: change it there. */

/** Statistics of a map block, of one exposure, in this order (block_statistics in rule.py). */
export const STATISTICS = ["mean Yk","std Yk","min Yk","max Yk","mean Yr","std Yr","mean |Yk-Yr|","10*cov(Yk,Yr)","(k-r)/4","K/5","contrast","saturation","mean |Ck-Cr|","mean Cb","mean Cr"] as const;

/** Of each block and exposure: the blend's polynomial of two variables and degree two, or the reference's tone curve (Rule in rule.py). */
export const COEFFICIENTS = 6;

/** Bound of a logit, powers of two: keeps a float32 finite. */
export const LARGEST_LOGIT = 60;

/** Exposures of a set. */
export const EXPOSURES = {"min":2,"max":5} as const;

/** Code of black, codes from black to white, codes of chroma from -1/2 to 1/2; grey is 128 in either. */
export const RANGES = {"full":[0,255,255],"limited":[16,219,224]} as const;

/** Pixels along a block's side at least: below, a block has too few samples for statistics. */
export const SMALLEST_BLOCK = 8;

/** Map rows at most: the block is the next power of two that gives no more. */
export const MAP_ROWS = 45;

/** Map columns at most: the pyramid's matrices grow with the square of what a low, wide picture has. Shapes up to 5.6 to 1 have fewer whatever their size (16:9 has 80, a 4:1 panorama 180), so that only the rows decide their block. */
export const MAP_COLUMNS = 256;

/** Luma samples of a block in each direction, at most. */
export const BLOCK_SAMPLES = 16;

/** Of a block's rows of samples, 1, 1 + this, 1 + twice this, ... have their contrast measured: all rows would say little more and cost half of the statistics' time. */
export const CONTRAST_STEP = 3;

/** Map rows of a band: the network pools tokens over as many. */
export const BAND_ROWS = 4;

/** Mean absolute change of the reference's block means, luma from 0 to 1, that makes a scene cut. Pans and passing objects stay under 0.05; cuts between unlike scenes lie above 0.15. A missed cut costs a few frames of settling, a false one a second pass over a tiny map. */
export const CUT = 0.12;
