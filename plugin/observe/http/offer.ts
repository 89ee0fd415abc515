/** What a part of the program serves by HTTP. */

/** What an answer gives to the server's thread. */
export interface AnswerValue {
  /** Copied; what only the frame thread has (functions, classes) cannot cross. */
  readonly value: unknown;
  /** Buffers of it that are handed over instead. */
  readonly transfer?: readonly ArrayBuffer[];
}

/** How often the frame thread may be asked. */
export interface AnswerRate {
  /** Between two questions, at least; one is asked at a time in any case. */
  readonly everyMs: number;
  /** The frame thread rests for so many times as long as the answer took: for what costs much. None by default. */
  readonly rests?: number;
}

/** One thing that routes may ask the frame thread for. */
export interface Answer extends AnswerRate {
  /**
   * @throws GstIplError for what is the client's fault (400); another error is logged (500)
   */
  resolve(question: never): AnswerValue | Promise<AnswerValue>;
}

export interface Offer {
  /** The module that adds the routes in the server's thread, as a path without extension. It exports `addRoutes` (RouteModule). */
  readonly module: string;
  /** What it is given beside; copied once. */
  readonly data?: unknown;
  /** By name; a name is given once among the offers of a server. */
  readonly answers: Readonly<Record<string, Answer>>;
}
