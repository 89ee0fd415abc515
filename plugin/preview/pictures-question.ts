/** What a viewer asks for: the newest pictures, if they are newer than those that it has. */
export interface PicturesQuestion {
  /** Number of the instant that is known. */
  readonly after: number;
  readonly streams: readonly number[];
}

/** A question is answered after this, whether there is a picture or not: proxies and phones cut off what is silent. */
export const WAIT_MS = 10_000;
