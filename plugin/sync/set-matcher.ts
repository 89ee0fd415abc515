/**
 * Decides which waiting frames make a set. It knows times and queues, no streams and no timers, so that hours can be
 * tested in seconds. Its rules stand in ./index.ts.
 */
import type { Placement } from '../core/clocks/frame-clock';
import type { Branch, Waiting } from './branch';

export type LatePolicy = 'wait' | 'skip' | 'degrade';

export interface MatcherSettings {
  /** Nanoseconds; undefined: found from the cameras' clocks. */
  readonly tolerance: number | undefined;
  /** Milliseconds. */
  readonly wait: number;
  readonly late: LatePolicy;
}

/**
 * Why a frame is in no set: its partner was lost, there was none to come because another branch is slower, it came after its
 * set, before everyone else, or nobody knows where it belongs.
 */
export type DropReason = 'partnerless' | 'surplus' | 'late' | 'early' | 'uncertain';

export type Decision =
  /** Undefined for branches that the set lacks. */
  | { readonly kind: 'set'; readonly members: readonly (Waiting | undefined)[] }
  | {
      readonly kind: 'drop';
      readonly branch: Branch;
      readonly frame: Waiting;
      readonly reason: DropReason;
      /** The first frame of its instant that is dropped. */
      readonly skipsSet: boolean;
    }
  /** These branches let the others wait for too long. */
  | { readonly kind: 'silence'; readonly branches: readonly Branch[] }
  /** Nothing to do before this moment, in milliseconds, unless a frame comes. */
  | { readonly kind: 'wait'; readonly until: number }
  | { readonly kind: 'idle' }
  | { readonly kind: 'end' };

/**
 * Of n cameras that do not shoot together, some frames always lie within (n - 1)/n of a frame duration: cut the circle of
 * a frame at the largest gap between them. A twentieth more keeps cameras at the limit from changing partners all the
 * time; a tenth on top of it is what the clocks may be in doubt about. All of it is less than one frame, so that of
 * cameras that shoot together two different frames never meet.
 */
const HYSTERESIS = 1 / 20;
const DOUBT = 1 / 10;
/**
 * Stamps so near to each other belong together before the clocks are known: with stamps that are off by less than 0.45
 * of a frame, two frames of different instants are further apart.
 */
const SAME_STAMP = 1 / 12;

/** Nanoseconds. No network delays one camera by so much more than another; a clock has jumped. */
const JUMP = 1e9;

interface Candidate {
  readonly branch: Branch;
  readonly head: Waiting;
  readonly place: Placement;
}

export class SetMatcher {
  readonly #branches: readonly Branch[];
  readonly #settings: MatcherSettings;
  /** How near partners are, in frame durations. */
  readonly #near: number;
  #skippedUpTo = -Infinity;

  constructor(branches: readonly Branch[], settings: MatcherSettings) {
    this.#branches = branches;
    this.#settings = settings;
    this.#near = (branches.length - 1) / branches.length + HYSTERESIS;
  }

  /** What to do now; ask again until the answer is `wait`, `idle` or `end`. Sets and dropped frames leave their queues. */
  next(now: number): Decision {
    const candidates = this.#candidates();
    const late = candidates.find(({ branch, place }) => place.time <= branch.floor);
    if (late) return this.#drop(late, 'late');
    const oldest = candidates.reduce<Candidate | undefined>((a, b) => (a && a.place.time <= b.place.time ? a : b), undefined);
    const end = this.#end(oldest, now);
    if (end) return end;
    if (!oldest) return { kind: 'idle' };
    const group = candidates.filter(({ place }) => place.time - oldest.place.time <= this.#tolerance(candidates));
    return this.#awaitOthers(oldest, candidates, group, now) ?? this.#judge(oldest, group, now);
  }

  #candidates(): Candidate[] {
    const known = this.#settings.tolerance === undefined;
    return this.#branches.flatMap((branch) => {
      const { head } = branch;
      return head ? [{ branch, head, place: known ? branch.place(head) : { time: head.time, error: 0 } }] : [];
    });
  }

  #tolerance(candidates: readonly Candidate[]): number {
    const steady = candidates.every(({ branch }) => branch.steadyRate);
    return this.#settings.tolerance ?? shortestPeriod(candidates) * (steady ? this.#near : 0.5);
  }

  /** The end of the stream, where there is nothing left to make sets of. */
  #end(oldest: Candidate | undefined, now: number): Decision | undefined {
    const branches = this.#branches;
    if (branches.every(({ gone }) => gone)) return { kind: 'end' };
    if (this.#settings.late === 'degrade' || !branches.some(({ gone }) => gone)) return undefined;
    // A branch that goes on shows it by one more frame; waiting for that tells a short branch from a normal end.
    if (branches.every(({ ended, head }) => ended || head)) return { kind: 'end' };
    if (!oldest) return { kind: 'idle' };
    const until = this.#deadline([oldest]);
    return now >= until ? { kind: 'end' } : { kind: 'wait', until };
  }

  /** When the first of the frames has waited for long enough. */
  #deadline(waiting: readonly Candidate[]): number {
    return Math.min(...waiting.map(({ head }) => head.arrival)) + this.#settings.wait;
  }

  /** What to do about branches that have nothing waiting; undefined when none is waited for. */
  #awaitOthers(
    oldest: Candidate,
    candidates: readonly Candidate[],
    group: readonly Candidate[],
    now: number,
  ): Decision | undefined {
    const { late, wait } = this.#settings;
    const degrade = late === 'degrade';
    const awaited = this.#branches.filter(({ head, ended, silent }) => !head && !ended && !(degrade && silent));
    if (awaited.length === 0) return undefined;
    // A branch in order shows by a later frame that it has none for this set.
    if (!degrade && group.length < candidates.length) return this.#drop(oldest, this.#isLack(oldest, group) ? 'partnerless' : 'surplus');
    if (awaited.some(({ held }) => held)) return { kind: 'wait', until: now + wait };
    if (now >= this.#deadline(group)) {
      if (this.#isAhead(oldest, group, awaited)) return this.#drop(oldest, 'early');
      const silent = awaited.filter((branch) => !branch.silent);
      for (const branch of silent) branch.silent = true;
      if (silent.length > 0) return { kind: 'silence', branches: silent };
      for (const branch of awaited) branch.floor = Math.max(branch.floor, oldest.place.time + this.#tolerance(candidates));
      return this.#drop(oldest, 'partnerless');
    }
    // In a live chain a frame that waits for a time that does not come is ahead of everyone else.
    const ahead = late === 'wait' ? [] : candidates.filter((candidate) => !group.includes(candidate));
    const early = ahead.find((candidate) => now >= this.#deadline([candidate]));
    return early ? this.#drop(early, 'early') : { kind: 'wait', until: this.#deadline([...group, ...ahead]) };
  }

  /**
   * Branches that spoke while the group waited, but of older times: either they are late, or the group is ahead of
   * everyone. The more decide; of as many, the distance.
   */
  #isAhead(oldest: Candidate, group: readonly Candidate[], awaited: readonly Branch[]): boolean {
    const since = this.#deadline(group) - this.#settings.wait;
    const spoke = awaited.filter(({ lastArrival }) => lastArrival > since);
    if (spoke.length !== group.length) return spoke.length > group.length;
    return spoke.every(({ lastTime }) => oldest.head.time - lastTime > JUMP);
  }

  /** Nobody is waited for: the group is a set, or its oldest frame has no use. */
  #judge(oldest: Candidate, group: readonly Candidate[], now: number): Decision {
    const complete = group.length === this.#branches.length;
    if (!complete && !this.#isLack(oldest, group)) return this.#drop(oldest, 'surplus');
    if (!complete && this.#settings.late !== 'degrade') return this.#drop(oldest, 'partnerless');
    if (!this.#isSure(group)) {
      const until = this.#deadline(group);
      const couldTell = group.some(({ branch }) => branch.young) && now < until;
      return couldTell ? { kind: 'wait', until } : this.#drop(oldest, 'uncertain');
    }
    return this.#makeSet(oldest, group);
  }

  /**
   * The branches that a group is without lost a frame there, or are silent. One that is merely slower than the others had
   * nothing there to lose: its next frame is for a later one of theirs, and this one is left over.
   */
  #isLack({ place: { time } }: Candidate, group: readonly Candidate[]): boolean {
    const absent = this.#branches.filter((branch) => !group.some((member) => member.branch === branch));
    return absent.every((branch) => branch.lacks(time, shortestPeriod(group)));
  }

  /** No doubt is left that the frames of a group were taken near to each other. */
  #isSure(group: readonly Candidate[]): boolean {
    if (this.#settings.tolerance !== undefined || group.length === 1) return true;
    const period = shortestPeriod(group);
    const errors = group.map(({ place }) => place.error).sort((a, b) => b - a);
    const spread = spreadOf(group.map(({ place }) => place.time));
    if (spread + (errors[0] ?? 0) + (errors[1] ?? 0) <= period * (this.#near + DOUBT)) return true;
    const clocksKnown = group.every(({ branch }) => branch.clock.locked);
    return !clocksKnown && spreadOf(group.map(({ head }) => head.time)) <= period * SAME_STAMP;
  }

  #makeSet(oldest: Candidate, group: readonly Candidate[]): Decision {
    const tolerance = this.#tolerance(group);
    const members = this.#branches.map((branch) => {
      const member = group.find((candidate) => candidate.branch === branch);
      // A frame that is sent twice has its place on the clock twice.
      const own = this.#settings.tolerance === undefined && branch.clock.locked ? branch.period / 2 : 0;
      branch.floor = member ? member.place.time + own : Math.max(branch.floor, oldest.place.time + tolerance);
      if (!member) return undefined;
      branch.used = member.place.time;
      branch.unused = 0;
      branch.queue.shift();
      return member.head;
    });
    return { kind: 'set', members };
  }

  #drop({ branch, head, place }: Candidate, reason: DropReason): Decision {
    branch.queue.shift();
    branch.unused += 1;
    const skipsSet = (reason === 'partnerless' || reason === 'uncertain') && place.time > this.#skippedUpTo;
    if (skipsSet) this.#skippedUpTo = place.time + branch.period / 2;
    return { kind: 'drop', branch, frame: head, reason, skipsSet };
  }
}

/** Of those whose rate is known; one that declares none must not keep the others apart. */
function shortestPeriod(candidates: readonly Candidate[]): number {
  const known = candidates.filter(({ branch }) => branch.steadyRate);
  return Math.min(...(known.length > 0 ? known : candidates).map(({ branch }) => branch.period));
}

function spreadOf(times: readonly number[]): number {
  return Math.max(...times) - Math.min(...times);
}
