/** The synchroniser's work; its rules are in ./index.ts. */
import { Observable, type Subscription } from 'rxjs';
import { BoundedQueue, type QueueSettings } from '../core/bounded-queue';
import type { ExposureSet, Frame } from '../core/frame';
import { formatTime, type Nanoseconds } from '../core/time';
import { checkBranches, frameDuration } from './check-branches';

export interface MatchSettings {
  readonly tolerance: Nanoseconds | undefined;
  readonly wait: Nanoseconds | undefined;
  readonly queue: QueueSettings;
}

interface Branch {
  readonly name: string;
  readonly queue: BoundedQueue<Frame>;
  /** Its source has completed. */
  ended: boolean;
  /** A warning of its silence was given and it has not spoken since. */
  silent: boolean;
  /** Running time of its newest frame. */
  last: Nanoseconds | undefined;
}

export function matchBranches(
  inputs: readonly Observable<Frame>[],
  names: readonly string[],
  settings: MatchSettings,
  warn: (message: string) => void,
): Observable<ExposureSet> {
  return new Observable((subscriber) => {
    const branches = names.map<Branch>((name) => ({
      name,
      queue: new BoundedQueue<Frame>(settings.queue),
      ended: false,
      silent: false,
      last: undefined,
    }));
    let timer: NodeJS.Timeout | undefined;
    let finished = false;

    const finish = (): void => {
      finished = true;
      clearTimeout(timer);
      warnOfLongerBranches(branches, warn);
      subscriber.complete();
    };

    const emit = (frames: Frame[]): void => {
      checkBranches(frames, names);
      const origins = [...new Set(frames.flatMap((frame) => frame.origins))];
      subscriber.next({ kind: 'exposures', frames, branches: names, origins });
    };

    /** Emits every set that is complete. */
    const match = (): void => {
      for (let heads = headsOf(branches); heads && !subscriber.closed; heads = headsOf(branches)) {
        const anchor = heads.reduce((latest, frame) => (frame.runningTime > latest ? frame.runningTime : latest), 0n);
        const tolerance = settings.tolerance ?? frameDuration(heads) / 2n;
        const stale = branches.filter(({ queue }) => queue.head && queue.head.runningTime < anchor - tolerance);
        for (const branch of stale) branch.queue.shift();
        if (stale.length > 0) continue;
        branches.forEach(({ queue }) => queue.shift());
        emit(heads);
      }
      settle();
    };

    /** Ends after drain, and watches over a wait that has begun. */
    const settle = (): void => {
      if (finished || subscriber.closed) return;
      const drained = branches.some(({ ended, queue }) => ended && queue.length === 0);
      // A branch that goes on shows it by one more frame; waiting for that tells a short branch from a normal end.
      if (drained && branches.every(({ ended, queue }) => ended || queue.length > 0)) return finish();
      const waiting = branches.some(({ queue }) => queue.length > 0);
      if (waiting && !timer) timer = setTimeout(giveUp, Number(settings.wait ?? 0n) / 1e6);
      if (!waiting) {
        clearTimeout(timer);
        timer = undefined;
      }
    };

    const giveUp = (): void => {
      timer = undefined;
      if (branches.some(({ ended, queue }) => ended && queue.length === 0)) return finish();
      for (const branch of branches.filter(({ queue, silent }) => queue.length === 0 && !silent)) {
        branch.silent = true;
        const silence = branch.last === undefined ? 'has given nothing yet' : `is silent since ${formatTime(branch.last)}`;
        warn(`Branch "${branch.name}" ${silence}; its sets are skipped.`);
      }
      oldestOf(branches)?.queue.shift();
      guarded(match);
    };

    const restartWait = (): void => {
      clearTimeout(timer);
      timer = undefined;
    };

    const attach = (input: Observable<Frame>, branch: Branch): Subscription =>
      input.subscribe({
        next: (frame) => {
          if (finished) return;
          if (branch.queue.length === 0) restartWait();
          branch.silent = false;
          branch.last = frame.runningTime;
          branch.queue.push(frame);
          guarded(match);
        },
        error: (error) => subscriber.error(error),
        complete: () => {
          branch.ended = true;
          guarded(match);
        },
      });

    const guarded = (work: () => void): void => {
      try {
        work();
      } catch (error) {
        subscriber.error(error);
      }
    };

    const subscriptions = branches.map((branch, index) => {
      const input = inputs[index];
      if (!input) throw new TypeError(`Branch ${branch.name} has no input.`);
      return attach(input, branch);
    });
    return () => {
      clearTimeout(timer);
      for (const subscription of subscriptions) subscription.unsubscribe();
      for (const { queue } of branches) queue.clear();
    };
  });
}

/** The oldest waiting frame of every branch, or undefined while one has none. */
function headsOf(branches: readonly Branch[]): Frame[] | undefined {
  const heads = branches.map(({ queue }) => queue.head);
  return heads.every((head) => head !== undefined) ? heads : undefined;
}

function oldestOf(branches: readonly Branch[]): Branch | undefined {
  return branches
    .filter(({ queue }) => queue.head)
    .sort((a, b) => Number((a.queue.head?.runningTime ?? 0n) - (b.queue.head?.runningTime ?? 0n)))[0];
}

function warnOfLongerBranches(branches: readonly Branch[], warn: (message: string) => void): void {
  const short = branches.filter(({ ended, queue }) => ended && queue.length === 0);
  const long = branches.filter(({ queue }) => queue.length > 0);
  const [first] = short;
  if (!first || long.length === 0) return;
  const names = (list: readonly Branch[]): string => list.map(({ name }) => `"${name}"`).join(', ');
  if (first.last === undefined) return warn(`Branch "${first.name}" ends without a frame; there is nothing to fuse.`);
  const verb = short.length === 1 ? `Branch ${names(short)} ends` : `Branches ${names(short)} end`;
  warn(`${verb} at ${formatTime(first.last)}, before ${names(long)}; the fused stream ends there.`);
}
