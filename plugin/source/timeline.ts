/**
 * Running time of a live source on the clock of its graph, over restarts and whatever its timestamps do.
 *
 * GStreamer says when a picture was due since its pipeline began to play; that moment is known on the clock of the graph.
 * What comes over a network is stamped by the arrival of its first packet and counted on by the sender's clock: a first
 * packet that was late would set the whole stream late. So stamps are moved until the picture with the least delay is due
 * when it comes: no picture comes from the future. A sender's clock that runs slow is followed. Stamps that cannot be (too
 * far from now) mean that the sender's clock was set, or lies: then the stream goes on where it was. Time never stands
 * still or goes back. Stamps by a clock that both sides keep (NTP) are left as they are; where they are too far from now, what
 * comes is of no use, and the stream had better begin anew.
 */
import type { GraphClock } from '../core/clocks/graph-clock';
import { MILLISECOND, SECOND, type Nanoseconds } from '../core/time';

/** More than a burst at the start or a late first packet can be off. */
const AHEAD = 3n * SECOND;

/** A chain that holds its sources back delays what waits in the network; more than this waits nowhere. */
const BEHIND = 10n * SECOND;

/**
 * The picture that was least delayed in ten seconds shows how far the sender's clock is from ours. It is followed by 2 ms
 * in that time at most (200 ppm; quartz is off by 50): pictures keep their distances, and a network that has become
 * slower does not tear branches apart.
 */
const WINDOW = 10n * SECOND;
const SLEW = 2n * MILLISECOND;

/**
 * The first pictures come in a burst: they waited in a server or for a decoder to start. Where the stream is shows only
 * when one comes as long after another as its stamp says, within a quarter; what comes before is left out, for this long
 * at most.
 */
const BURST = 3n * SECOND;
const BURST_PART = 4n;

export interface TimelineSettings {
  /**
   * - `arrival`: by when the first packet came; the least delay is none.
   * - `device`: by GStreamer, as the picture was taken; the least delay is what it was in the first ten seconds.
   * - `ntp`: by the sender's clock, which shows the same time as ours.
   */
  readonly stamps: 'arrival' | 'device' | 'ntp';
  /** Hears by how much stamps have jumped. */
  onJump(by: Nanoseconds): void;
  /** Hears how old a picture is (below 0: not taken yet) that NTP time leaves no place for. */
  onAstray?(age: Nanoseconds): void;
}

export class Timeline {
  readonly #clock: Pick<GraphClock, 'now' | 'runningTimeOf'>;
  readonly #settings: TimelineSettings;
  #played: Nanoseconds = 0n;
  /** What the stamps were found to be off by. */
  #correction: Nanoseconds = 0n;
  /** How old the last picture was when it came. */
  #age: Nanoseconds | undefined;
  #stamp: Nanoseconds = 0n;
  #burstEnd: Nanoseconds | undefined;
  #settled = false;
  #last: Nanoseconds | undefined;
  /** The least age that there should be. */
  #usualAge: Nanoseconds | undefined;
  #leastAge: Nanoseconds | undefined;
  #windowEnd: Nanoseconds = 0n;

  constructor(clock: Pick<GraphClock, 'now' | 'runningTimeOf'>, settings: TimelineSettings) {
    this.#clock = clock;
    this.#settings = settings;
  }

  /** A pipeline begins to play. @param moment of the monotonic clock */
  begin(moment: Nanoseconds): void {
    this.#played = moment;
    this.#correction = 0n;
    this.#age = undefined;
    this.#burstEnd = undefined;
    this.#settled = this.#settings.stamps !== 'arrival';
    this.#forgetAges();
  }

  /** @returns running time in the graph, or undefined for a picture that has none: of a burst, or after a later one */
  place(time: Nanoseconds): Nanoseconds | undefined {
    const now = this.#clock.now();
    const stamp = this.#clock.runningTimeOf(this.#played + time);
    const age = now - stamp - this.#correction;
    if (this.#settings.stamps === 'ntp' && (age < -AHEAD || age > BEHIND)) {
      this.#settings.onAstray?.(age);
      return undefined;
    }
    if (!this.#settled) this.#watchBurst(now, stamp, age);
    this.#correct(now, age);
    if (!this.#settled) return undefined;
    const placed = stamp + this.#correction;
    if (placed < 0n || (this.#last !== undefined && placed <= this.#last)) return undefined;
    this.#last = placed;
    return placed;
  }

  /** Where belongs what comes beside the pictures, by the same clock; undefined as long as that is not known. */
  beside(time: Nanoseconds): Nanoseconds | undefined {
    return this.#settled && this.#played > 0n ? this.#clock.runningTimeOf(this.#played + time) + this.#correction : undefined;
  }

  #watchBurst(now: Nanoseconds, stamp: Nanoseconds, age: Nanoseconds): void {
    const distance = stamp - this.#stamp;
    this.#stamp = stamp;
    if (this.#burstEnd === undefined) this.#burstEnd = now + BURST;
    else this.#settled = age >= -distance / BURST_PART || now > this.#burstEnd;
  }

  /** @param age of the picture, by its stamp and what is known until now */
  #correct(now: Nanoseconds, age: Nanoseconds): void {
    if (this.#settings.stamps === 'ntp') return;
    const first = this.#age === undefined;
    if (age < -AHEAD || age > BEHIND) {
      const usual = this.#age ?? 0n;
      this.#correction += age - usual;
      this.#age = usual;
      this.#forgetAges();
      this.#settings.onJump(usual - age);
      return;
    }
    const early = age < 0n || (first && this.#settings.stamps === 'arrival');
    if (early) this.#correction += age;
    this.#age = early ? 0n : age;
    this.#follow(now, this.#age);
  }

  #follow(now: Nanoseconds, age: Nanoseconds): void {
    if (this.#leastAge === undefined) this.#windowEnd = now + WINDOW;
    if (this.#leastAge === undefined || age < this.#leastAge) this.#leastAge = age;
    if (now < this.#windowEnd) return;
    this.#usualAge ??= this.#settings.stamps === 'arrival' ? 0n : this.#leastAge;
    const drift = this.#leastAge - this.#usualAge;
    this.#leastAge = undefined;
    this.#correction += drift > SLEW ? SLEW : drift < -SLEW ? -SLEW : drift;
  }

  #forgetAges(): void {
    this.#usualAge = undefined;
    this.#leastAge = undefined;
  }
}
