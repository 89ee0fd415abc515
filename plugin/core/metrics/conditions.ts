/**
 * What may happen again and again, or last: logged when it begins, now and then while it goes on, and when it is over. A log
 * then has a few lines of a bad night, and health says what is wrong right now.
 *
 * - Begin: at once. End: at once, the first time.
 * - What comes back within ten seconds is the same condition: it comes and goes. That is logged once, and its end when it has
 *   stayed away for ten seconds.
 * - What holds, and is raised with another sentence (other numbers apart), is logged again: an outage has another reason.
 * - While it goes on: after a minute, then after twice as long each time, up to an hour, with how often it happened.
 */

export interface ConditionSettings {
  /** It lasts from `raise` to `end`. Without it, each `raise` is one happening, and ten seconds without one are the end. */
  readonly holds?: boolean;
  /** Health is degraded meanwhile. */
  readonly degrades?: boolean;
}

export interface Condition {
  /** It happens now, or holds. Of one that holds already, the sentence is replaced: health shows the newest. */
  raise(message: string): void;
  /** It is over. @param message what is so now; without it, that the condition is over */
  end(message?: string): void;
}

export interface ActiveCondition {
  readonly name: string;
  readonly message: string;
  readonly degrades: boolean;
}

export interface ConditionNews {
  readonly name: string;
  readonly state: 'begins' | 'lasts' | 'ends';
  readonly message: string;
  /** How often it has happened since it began. */
  readonly count: number;
  /** Since it began. */
  readonly seconds: number;
}

/** Shorter than this, and two disturbances are one to whoever reads of them. */
const QUIET_MS = 10_000;

/** The first minute shows whether it passes; a night of it is ten lines. */
const REMIND_MS = 60_000;
const LONGEST_REMIND_MS = 3_600_000;

const TICK_MS = 1_000;

/** An outage that has more is logged now and then only. */
const MOST_REASONS = 8;

/** Begins the names of conditions that are warnings. */
export const WARNING = 'warning';

/** A sentence without its numbers: what stays the same when it is logged again. */
const patternOf = (message: string): string => message.replace(/\b\d+(\.\d+)?\b/g, '#');

type NewsListener = (news: ConditionNews) => void;

export class Conditions {
  readonly #onNews: NewsListener;
  readonly #now: () => number;
  readonly #episodes = new Map<string, Episode>();
  #timer: NodeJS.Timeout | undefined;

  /** @param now milliseconds of a clock that only goes forward */
  constructor(onNews: NewsListener, now: () => number = () => performance.now()) {
    this.#onNews = onNews;
    this.#now = now;
  }

  of(name: string, settings: ConditionSettings = {}): Condition {
    return {
      raise: (message) => {
        let episode = this.#episodes.get(name);
        if (!episode) this.#episodes.set(name, (episode = new Episode(name, settings, this.#onNews)));
        episode.raise(message, this.#now());
        this.#timer ??= setInterval(() => this.tick(), TICK_MS).unref();
      },
      end: (message) => this.#episodes.get(name)?.end(message, this.#now()),
    };
  }

  /** A warning that may come with every picture, maybe with other numbers in it. */
  warn(message: string): void {
    this.of(`${WARNING}: ${patternOf(message)}`).raise(message);
  }

  get active(): ActiveCondition[] {
    return [...this.#episodes.values()].flatMap((episode) => (episode.active ? [episode] : []));
  }

  /** Looks what has come to its end, and what is to be logged again. Comes by itself while anything is going on. */
  tick(): void {
    const now = this.#now();
    for (const [name, episode] of this.#episodes) if (!episode.tick(now)) this.#episodes.delete(name);
    if (this.#episodes.size === 0) this.close();
  }

  /** Logs nothing more by itself. */
  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

class Episode implements ActiveCondition {
  readonly name: string;
  readonly degrades: boolean;
  message = '';
  readonly #holds: boolean;
  readonly #onNews: NewsListener;
  /** When it began; undefined while there is none. */
  #since: number | undefined;
  #last = 0;
  /** When it ended, for now: it may come back. */
  #off: number | undefined;
  #over: string | undefined;
  #count = 0;
  #toldCount = 0;
  #endTold = false;
  #comesAndGoes = false;
  #remindAt = 0;
  /** What was logged of it. */
  readonly #reasons = new Set<string>();
  #interval = REMIND_MS;

  constructor(name: string, { holds = false, degrades = false }: ConditionSettings, onNews: NewsListener) {
    this.name = name;
    this.degrades = degrades;
    this.#holds = holds;
    this.#onNews = onNews;
  }

  get active(): boolean {
    return this.#since !== undefined && this.#off === undefined;
  }

  raise(message: string, now: number): void {
    const wasActive = this.active;
    this.message = message;
    this.#last = now;
    if (this.#since === undefined) return this.#begin(now);
    if (wasActive && this.#holds) return this.#reportReason(now);
    this.#count += 1;
    this.#off = undefined;
    if (!this.#endTold) return;
    this.#endTold = false;
    this.#comesAndGoes = true;
    this.#news('lasts', `${message} It comes and goes; the next line about it comes in a minute.`, now);
    this.#remindAt = now + REMIND_MS;
  }

  end(message: string | undefined, now: number): void {
    if (!this.active) return;
    this.#off = now;
    this.#over = message;
    if (!this.#comesAndGoes) this.#reportEnd(now);
  }

  /** @returns whether there is something to wait for */
  tick(now: number): boolean {
    if (this.#since === undefined) return false;
    const quiet = now - (this.#off ?? (this.#holds ? now : this.#last)) >= QUIET_MS;
    if (quiet) {
      // A single happening that is past is no news.
      if (!this.#endTold && (this.#off !== undefined || this.#count > 1)) this.#reportEnd(this.#off ?? this.#last);
      this.#since = undefined;
      return false;
    }
    if (now >= this.#remindAt && (this.#holds || this.#count > this.#toldCount) && !this.#endTold) this.#remind(now);
    return true;
  }

  #reportReason(now: number): void {
    const reason = patternOf(this.message);
    if (this.#reasons.has(reason) || this.#reasons.size >= MOST_REASONS) return;
    this.#reasons.add(reason);
    this.#news('lasts', this.message, now);
  }

  #begin(now: number): void {
    this.#reasons.clear();
    this.#reasons.add(patternOf(this.message));
    this.#since = now;
    this.#count = 1;
    this.#toldCount = 1;
    this.#off = undefined;
    this.#endTold = false;
    this.#comesAndGoes = false;
    this.#interval = REMIND_MS;
    this.#remindAt = now + REMIND_MS;
    this.#news('begins', this.message, now);
  }

  #remind(now: number): void {
    this.#toldCount = this.#count;
    this.#interval = Math.min(LONGEST_REMIND_MS, this.#interval * 2);
    this.#remindAt = now + this.#interval;
    const often = this.#count > 1 ? `${this.#count} times in ${this.#lasted(now)}` : `for ${this.#lasted(now)}`;
    this.#news('lasts', `${this.message} (${often} now)`, now);
  }

  #reportEnd(now: number): void {
    this.#endTold = true;
    const often = this.#count > 1 ? `, ${this.#count} times` : '';
    this.#news('ends', `${this.#over ?? `Over: ${this.message}`} (after ${this.#lasted(now)}${often})`, now);
  }

  #lasted(now: number): string {
    const seconds = (now - (this.#since ?? now)) / 1000;
    return seconds < 100 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds / 60)} min`;
  }

  #news(state: ConditionNews['state'], message: string, now: number): void {
    this.#onNews({ name: this.name, state, message, count: this.#count, seconds: (now - (this.#since ?? now)) / 1000 });
  }
}

/** Finds the condition of a name; a name keeps the settings that it got first. */
export type ConditionOf = (name: string, settings?: ConditionSettings) => Condition;

/** What stages report by: the graph's conditions, or, without a graph, ones of their own. */
export function conditionsBy(context: {
  readonly condition?: ConditionOf | undefined;
  warn(message: string): void;
  notify?: ((message: string) => void) | undefined;
}): ConditionOf & { close(): void } {
  const { condition } = context;
  if (condition) return Object.assign(condition.bind(context), { close: () => undefined });
  const own = new Conditions(({ state, message }) => (state === 'ends' ? context.notify?.(message) : context.warn(message)));
  return Object.assign((name: string, settings?: ConditionSettings) => own.of(name, settings), { close: () => own.close() });
}
