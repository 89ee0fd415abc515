/** Written by scripts/docs/option-types.js from the options of `preview`: change them there, then `npm run docs:pages`. */

/** Options of `preview`. */
export interface PreviewNodeOptions {
  /** Where the page is served: a port, for this machine alone, or an address and a port, such as 0.0.0.0:8080. Default: 8080: on this machine alone; the port that people try first. */
  readonly listen?: string | number;
  /** File with the token that browsers and monitors must show; needed where other machines can connect. Default: none: the environment variable GST_IPL_TOKEN, or no token on this machine alone. */
  readonly tokenFile?: string;
  /** Maximum width of a frame on the page, in pixels. Default: 1280: sharp on a laptop, 100 kB a frame; the snapshot has all pixels. */
  readonly width?: number;
  /** Maximum frames a second for a browser. Default: 10: enough to judge the fusion, for a third of the encoding that 30 would take. */
  readonly rate?: number;
}

/** A web page: the live picture with a wipe against each exposure, metrics, controls. */
export interface PreviewNode extends PreviewNodeOptions {
  readonly use: 'preview';
  /** The nodes that it reads: 1 to 6. */
  readonly from: string | readonly string[];
}
