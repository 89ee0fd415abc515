/**
 * Those who are refused: for want of the token, or for what their request looks like. Some refusals are free; more of the same
 * address wait, each longer than the one before, up to ten seconds. Few wait at a time; the others are refused for now,
 * and lose their connection. Who shows the right token is not concerned, from whatever address: nobody can be locked out.
 */
import type { Limits } from './limits';
import { remember } from './pace';

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 10_000;

/** One refusal is forgotten in so long. */
const FORGIVEN_MS = 2_000;

/** Each holds a connection. */
const MOST_WAITING_OF_ADDRESS = 8;
const MOST_WAITING = 64;

/** Between two lines of the log about wrong tokens. */
const REPORT_MS = 10_000;

interface Stranger {
  refusals: number;
  waiting: number;
  last: number;
}

export class Strangers {
  readonly #free: number;
  readonly #warn: (message: string) => void;
  readonly #reportMs: number;
  readonly #addresses = new Map<string, Stranger>();
  #waiting = 0;
  readonly #wrong = new Map<string, number>();
  #told = -Infinity;
  #timer: NodeJS.Timeout | undefined;

  /** @param warn hears of wrong tokens, at most every ten seconds */
  constructor({ refusals }: Pick<Limits, 'refusals'>, warn: (message: string) => void, reportMs = REPORT_MS) {
    this.#free = refusals;
    this.#warn = warn;
    this.#reportMs = reportMs;
  }

  /** @returns whether to answer now, after the wait; else there are too many */
  async refuse(address: string): Promise<boolean> {
    const now = performance.now();
    const stranger = this.#addresses.get(address) ?? { refusals: 0, waiting: 0, last: now };
    remember(this.#addresses, address, stranger);
    stranger.refusals = Math.max(0, stranger.refusals - (now - stranger.last) / FORGIVEN_MS) + 1;
    stranger.last = now;
    const beyond = stranger.refusals - this.#free;
    if (beyond <= 0) return true;
    // Far beyond the longest wait nothing more is counted: an attack of hours is forgiven in a minute, too.
    stranger.refusals = Math.min(stranger.refusals, this.#free + 30);
    if (stranger.waiting >= MOST_WAITING_OF_ADDRESS || this.#waiting >= MOST_WAITING) return false;
    stranger.waiting += 1;
    this.#waiting += 1;
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (Math.ceil(beyond) - 1));
    await new Promise((resolve) => setTimeout(resolve, wait).unref());
    stranger.waiting -= 1;
    this.#waiting -= 1;
    return true;
  }

  /** Somebody showed a token that is not ours; the token itself is never logged. */
  wrongToken(address: string): void {
    remember(this.#wrong, address, (this.#wrong.get(address) ?? 0) + 1);
    const due = this.#told + this.#reportMs - performance.now();
    if (due <= 0) this.#reportWrongTokens();
    else if (!this.#timer) this.#timer = setTimeout(() => this.#reportWrongTokens(), due).unref();
  }

  #reportWrongTokens(): void {
    this.#timer = undefined;
    this.#told = performance.now();
    const [[address, most] = ['', 0], ...others] = [...this.#wrong].sort(([, a], [, b]) => b - a);
    this.#wrong.clear();
    const often = most === 1 ? 'A wrong token was' : `${most} wrong tokens were`;
    const rest = others.reduce((sum, [, count]) => sum + count, 0);
    this.#warn(`${often} shown by ${address}${rest > 0 ? `, and ${rest} by ${others.length} other addresses` : ''}.`);
  }
}
