// Numbers of the pixel rule and of the block statistics. Written by scripts/generate-rule.js from models/train/network/rule.json: change it there.

/** How many: Statistics of a map block, of one exposure, in this order (block_statistics in rule.py). */
export const STATISTICS: usize = 15;

/** Of each block and exposure: the blend's polynomial of two variables and degree two, or the reference's tone curve (Rule in rule.py). */
export const COEFFICIENTS: usize = 6;

/** Bound of a logit, powers of two: keeps a float32 finite. */
export const LARGEST_LOGIT: i32 = 60;

/** Luma samples of a block in each direction, at most. */
export const BLOCK_SAMPLES: i32 = 16;

/** Of a block's rows of samples, 1, 1 + this, 1 + twice this, ... have their contrast measured: all rows would say little more and cost half of the statistics' time. */
export const CONTRAST_STEP: i32 = 3;
