/** Where routes ask the frame thread. However many ask, it hears one question of a name at a time, and no more than its rate. */
import { GstIplError } from '../../core/errors';
import type { AnswerRate } from './offer';
import type { FromThread, Reply } from './protocol';

/** Behind the question that is asked. */
const MOST_WAITING = 32;

/** A person waits for so long; the frame thread answers in milliseconds. */
const PATIENCE_MS = 5_000;

/** The chain cannot answer now; 503. */
export class Unavailable extends Error {}

interface Question {
  readonly question: unknown;
  onReply(reply: Reply): void;
}

/** The questions of one name. */
class Line {
  readonly #rate: AnswerRate;
  readonly #send: (question: unknown) => number;
  readonly #waiting: Question[] = [];
  #asked: { readonly id: number; readonly at: number; readonly question: Question } | undefined;
  #next = -Infinity;
  #timer: NodeJS.Timeout | undefined;

  constructor(rate: AnswerRate, send: (question: unknown) => number) {
    this.#rate = rate;
    this.#send = send;
  }

  /** @returns false when too many wait */
  add(question: Question): boolean {
    if (this.#waiting.length >= MOST_WAITING) return false;
    this.#waiting.push(question);
    this.#go();
    return true;
  }

  remove(question: Question): void {
    const at = this.#waiting.indexOf(question);
    if (at >= 0) this.#waiting.splice(at, 1);
  }

  /** @returns whether it was for a question of this line */
  onReply(reply: Reply): boolean {
    const asked = this.#asked;
    if (asked?.id !== reply.id) return false;
    this.#asked = undefined;
    const now = performance.now();
    this.#next = Math.max(asked.at + this.#rate.everyMs, now + (now - asked.at) * (this.#rate.rests ?? 0));
    asked.question.onReply(reply);
    this.#go();
    return true;
  }

  #go(): void {
    if (this.#asked || this.#timer || this.#waiting.length === 0) return;
    const wait = this.#next - performance.now();
    if (wait > 0) {
      this.#timer = setTimeout(() => {
        this.#timer = undefined;
        this.#go();
      }, wait);
      return;
    }
    const next = this.#waiting.shift();
    if (next) this.#asked = { id: this.#send(next.question), at: performance.now(), question: next };
  }
}

export class Desk {
  readonly #lines: ReadonlyMap<string, Line>;
  #lastId = 0;

  constructor(rates: Readonly<Record<string, AnswerRate>>, post: (message: FromThread) => void) {
    const lineOf = (name: string, rate: AnswerRate): Line => {
      return new Line(rate, (question) => {
        post({ type: 'question', id: (this.#lastId += 1), name, question });
        return this.#lastId;
      });
    };
    this.#lines = new Map(Object.entries(rates).map(([name, rate]) => [name, lineOf(name, rate)]));
  }

  /**
   * @param patience milliseconds
   * @throws Unavailable when too many ask, or no answer comes in time
   * @throws GstIplError for what the answer refuses
   */
  ask<Value>(name: string, question?: unknown, patience = PATIENCE_MS): Promise<Value> {
    const line = this.#lines.get(name);
    if (!line) return Promise.reject(new TypeError(`Nobody answers "${name}".`));
    return new Promise((resolve, reject) => {
      const asked: Question = {
        question,
        onReply: (reply) => {
          clearTimeout(timer);
          if (reply.type === 'given') resolve(reply.value as Value);
          else if (reply.type === 'refused') reject(new GstIplError('bad-option', reply.message, { hint: reply.hint }));
          else reject(new Error(reply.message));
        },
      };
      const timer = setTimeout(() => {
        line.remove(asked);
        reject(new Unavailable(`The chain has not answered for ${patience / 1000} s.`));
      }, patience);
      if (line.add(asked)) return;
      clearTimeout(timer);
      reject(new Unavailable('Too many ask for this at the moment.'));
    });
  }

  onReply(reply: Reply): void {
    for (const line of this.#lines.values()) if (line.onReply(reply)) return;
  }
}
