/** Written by scripts/docs/option-types.js from the options of `sink`: change them there, then `npm run docs:pages`. */

/** Options of `sink`. */
export interface SinkNodeOptions {
  /** Launch fragment that ends with a sink element. */
  readonly launch: string;
}

/** Where frames go: a file, a screen, a network. */
export interface SinkNode extends SinkNodeOptions {
  readonly use: 'sink';
  /** The node that it reads. */
  readonly from: string;
}
