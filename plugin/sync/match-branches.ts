/** The synchroniser's work on streams: queues, timers and ends around ./set-matcher.ts. Its rules are in ./index.ts. */
import { Observable, type Subscription } from 'rxjs';
import type { QueueSettings } from '../core/bounded-queue';
import { asGstIplError, GstIplError } from '../core/errors';
import type { ExposureSet, Frame } from '../core/frame';
import { PatientClock } from '../core/patience';
import { formatTime, type Nanoseconds } from '../core/time';
import { Branch, type Waiting } from './branch';
import { agreeing, checkBranches, warnOfRates } from './check-branches';
import { SetMatcher, type LatePolicy } from './set-matcher';
import { SyncReport, type ReportContext } from './sync-report';

export interface MatchSettings {
  readonly tolerance: Nanoseconds | undefined;
  readonly wait: Nanoseconds | undefined;
  readonly late: LatePolicy;
  readonly offsets: ReadonlyMap<string, Nanoseconds>;
  readonly queue: QueueSettings;
}

/**
 * Files get long enough for any decoder to start; a branch that is silent for so long is dead. Time in which the process works
 * hardly counts: large pictures take a busy machine long.
 */
const PATIENT_WAIT_MS = 10_000;
/** Cameras in one network differ by less; more would be seen as a delay. */
const LIVE_WAIT_MS = 250;

export function matchBranches(
  inputs: readonly Observable<Frame>[],
  names: readonly string[],
  settings: MatchSettings,
  context: ReportContext,
): Observable<ExposureSet> {
  return new Observable((subscriber) => {
    const { late, wait, tolerance } = settings;
    const degrade = late === 'degrade';
    const warn = (message: string): void => context.warn(message);
    const branches = names.map<Branch>((name) => new Branch(name, settings.queue, () => report.overflow(byName(name))));
    const byName = (name: string): Branch => branches.find((branch) => branch.name === name) as Branch;
    const report = new SyncReport(context, branches);
    const matcher = new SetMatcher(branches, {
      tolerance: tolerance === undefined ? undefined : Number(tolerance),
      wait: wait === undefined ? (late === 'wait' ? PATIENT_WAIT_MS : LIVE_WAIT_MS) : Number(wait) / 1e6,
      late,
    });
    const patient = wait === undefined && late === 'wait' ? new PatientClock() : undefined;
    const clock = (): number => patient?.now() ?? performance.now();
    let origin: Nanoseconds | undefined;
    let timer: NodeJS.Timeout | undefined;
    let finished = false;
    let emitted = false;
    let ratesKnown = false;
    let toldMismatch = '';

    const finish = (): void => {
      finished = true;
      warnOfLongerBranches(branches, warn);
      subscriber.complete();
    };

    const emit = (members: readonly (Waiting | undefined)[]): void => {
      const given = members.map((member) => member?.frame);
      // The queues of `degrade` and `skip` belong to cameras, which may change their size one after the other.
      const fitting = emitted && late !== 'wait' ? agreeing(given, names, degrade, reportMismatch) : given;
      for (const [index, member] of members.entries()) {
        const branch = branches[index];
        if (branch && member && !fitting[index]) report.misfit(branch);
      }
      const present = fitting.flatMap((frame, index) => (frame ? [{ frame, name: names[index] ?? '' }] : []));
      if (present.length === 0) return;
      checkBranches(present.map(({ frame }) => frame), present.map(({ name }) => name));
      // A degraded set does not show all of them.
      if (!ratesKnown) ratesKnown = warnOfRates(present.map(({ frame }) => frame), present.map(({ name }) => name), warn) || present.length === names.length;
      emitted = true;
      report.set(members.map((member, index) => (fitting[index] ? member : undefined)));
      const frames = present.map(({ frame }) => frame);
      const missing = names.filter((_, index) => !fitting[index]);
      const origins = [...new Set(frames.flatMap((frame) => frame.origins))];
      subscriber.next({ kind: 'exposures', frames, branches: present.map(({ name }) => name), missing, origins });
    };

    const reportMismatch = (message: string): void => {
      if (message !== toldMismatch) report.mismatch(message, degrade);
      toldMismatch = message;
    };

    /** Makes every set that can be made, and sets the clock for what must be waited for. */
    const match = (): void => {
      clearTimeout(timer);
      while (!finished && !subscriber.closed) {
        const now = clock();
        const decision = matcher.next(now);
        if (decision.kind === 'set') emit(decision.members);
        else if (decision.kind === 'drop') report.drop(decision);
        else if (decision.kind === 'silence') report.silence(decision.branches, degrade);
        else if (decision.kind === 'end') finish();
        else {
          // A timer may come a little early; a millisecond keeps it from coming again and again.
          if (decision.kind === 'wait') timer = setTimeout(() => guarded(match), Math.max(1, decision.until - now));
          return;
        }
      }
    };

    const push = (branch: Branch, frame: Frame): void => {
      if (finished) return;
      origin ??= frame.runningTime;
      const offset = settings.offsets.get(branch.name) ?? 0n;
      branch.push(frame, Number(frame.runningTime - offset - origin), clock());
      guarded(match);
    };

    const fail = (branch: Branch, error: unknown): void => {
      if (!degrade || branches.every((other) => other === branch || other.ended)) return subscriber.error(error);
      const { message } = asGstIplError(error, 'pipeline-failed');
      warn(`Branch "${branch.name}" failed: ${message} The others are fused without it.`);
      end(branch);
    };

    const end = (branch: Branch): void => {
      branch.ended = true;
      guarded(match);
    };

    const guarded = (work: () => void): void => {
      try {
        work();
      } catch (error) {
        subscriber.error(error);
      }
    };

    const subscriptions = branches.map((branch, index): Subscription => {
      const input = inputs[index];
      if (!input) throw new GstIplError('bad-exposures', `Branch "${branch.name}" has no input.`);
      return input.subscribe({
        next: (frame) => push(branch, frame),
        error: (error) => fail(branch, error),
        complete: () => end(branch),
      });
    });
    return () => {
      clearTimeout(timer);
      report.close();
      for (const subscription of subscriptions) subscription.unsubscribe();
      for (const { queue } of branches) queue.clear();
    };
  });
}

function warnOfLongerBranches(branches: readonly Branch[], warn: (message: string) => void): void {
  const short = branches.filter(({ gone }) => gone);
  const long = branches.filter(({ head }) => head);
  const [first] = short;
  if (!first || long.length === 0) return;
  const names = (list: readonly Branch[]): string => list.map(({ name }) => `"${name}"`).join(', ');
  if (first.last === undefined) return warn(`Branch "${first.name}" ends without a frame; there is nothing to fuse.`);
  const verb = short.length === 1 ? `Branch ${names(short)} ends` : `Branches ${names(short)} end`;
  warn(`${verb} at ${formatTime(first.last)}, before ${names(long)}; the fused stream ends there.`);
}
