/** Written by scripts/docs/option-types.js from the options of `alternate`: change them there, then `npm run docs:pages`. */

/** Options of `alternate`. */
export interface AlternateNodeOptions {
  /** Names of the exposures in the order in which they are taken, beginning with the darkest; or `auto`: found from the pictures. Default: auto: two to five are found by themselves. */
  readonly exposures?: 'auto' | readonly string[];
  /** The exposure of the stream's first frame, or `auto`: found from the pictures, which costs three cycles. Default: auto: nobody knows at which frame a live stream begins. */
  readonly first?: string;
  /** A set for each `cycle`, or for each `frame`, with the latest of the other exposures. Default: cycle: each frame is fused once, around the best reference. */
  readonly output?: 'cycle' | 'frame';
}

/** Makes exposure sets of one stream whose frames cycle through two to five exposures. */
export interface AlternateNode extends AlternateNodeOptions {
  readonly use: 'alternate';
  /** The node that it reads. */
  readonly from: string;
}
