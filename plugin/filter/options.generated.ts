/** Written by scripts/docs/option-types.js from the options of `filter`: change them there, then `npm run docs:pages`. */

/** Options of `filter`. */
export interface FilterNodeOptions {
  /** Launch fragment with one video input and one video output. */
  readonly launch: string;
}

/** Any GStreamer elements between two nodes. */
export interface FilterNode extends FilterNodeOptions {
  readonly use: 'filter';
  /** The node that it reads. */
  readonly from: string;
}
