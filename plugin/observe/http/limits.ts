/** How much clients may ask for. Tests change some of it. */

/** So many at once, then so many a second. */
export interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

export interface Limits {
  /** How long a client may take to send its request. Milliseconds. */
  readonly patienceMs: number;
  /** Connections at a time; for a new one, an idle one is closed. */
  readonly connections: number;
  /** New ones of one address; beyond, they are closed unread. */
  readonly arrivals: Rate;
  /** Requests of a connection that wait for the one before them. */
  readonly pipelined: number;
  /** Then a client connects again. */
  readonly requestsPerConnection: number;
  /** How long an answer may take from its request to its last byte. Milliseconds. */
  readonly answerMs: number;
  /** Requests of one address that may do what they ask for. */
  readonly address: Rate;
  /** And of all. */
  readonly total: Rate;
  /** Requests of one address that are refused before refusals begin to wait. */
  readonly refusals: number;
}

export const LIMITS: Limits = {
  // A person's network is slow; an attacker's is slower.
  patienceMs: 10_000,
  // Six a browser, and monitors beside them.
  connections: 128,
  // A page opens six; a proxy that keeps none open, one for each request of some pages.
  arrivals: { burst: 300, perSecond: 100 },
  // Browsers send none ahead, scripts a few.
  pipelined: 16,
  requestsPerConnection: 1_000,
  // A snapshot of 20 MB over 1.5 Mbit/s.
  answerMs: 120_000,
  // A page asks 11 times a second, and 12 times more while somebody moves a slider: a dozen of them behind one proxy.
  address: { burst: 300, perSecond: 300 },
  total: { burst: 600, perSecond: 600 },
  // A page whose session is over asks for a dozen files and is reloaded.
  refusals: 40,
};
