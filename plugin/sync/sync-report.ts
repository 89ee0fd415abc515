/** What a synchroniser reports: metrics for whoever watches the chain, and warnings for whoever must act. */
import { conditionsBy, type Condition, type ConditionOf } from '../core/metrics/conditions';
import { Counters } from '../core/metrics/counters';
import type { ReportOf } from '../core/metrics/metric-table';
import { formatTime } from '../core/time';
import type { Branch, Waiting } from './branch';
import { DegradedShare } from './degraded-share';
import { syncMetrics } from './metrics';
import type { Decision } from './set-matcher';

/** Gauges change slowly, and a label is text to be made: once a second at 30 frames/s. */
const GAUGES_EVERY = 30;

/** Part of a new offset that the published one takes over: jitter is gone after about a second. */
const OFFSET_GAIN = 1 / 32;

/** Frames of one branch dropped in a row for their times: no accident any more. */
const ASTRAY = 90;

/** Frames without a clock. The window is full then, and nothing was found in it. */
const UNSTEADY = 128;

export interface ReportContext {
  warn(message: string): void;
  notify?(message: string): void;
  readonly condition?: ConditionOf;
  readonly report?: ReportOf<typeof syncMetrics>;
}

interface BranchFigures {
  offset: number | undefined;
  toldUnsteady: boolean;
}

export class SyncReport {
  readonly #context: ReportContext;
  readonly #branches: readonly Branch[];
  readonly #figures = new Map<Branch, BranchFigures>();
  readonly #counters: Counters<typeof syncMetrics>;
  readonly #condition: ReturnType<typeof conditionsBy>;
  readonly #degraded: DegradedShare;
  #sets = 0;

  constructor(context: ReportContext, branches: readonly Branch[]) {
    this.#context = context;
    this.#branches = branches;
    this.#condition = conditionsBy(context);
    this.#degraded = new DegradedShare(this.#condition, branches.length);
    this.#counters = new Counters(context.report, 'sync_sets_total', 'sync_degraded_sets_total', 'sync_skipped_sets_total');
    for (const branch of branches) this.#figures.set(branch, { offset: undefined, toldUnsteady: false });
  }

  set(members: readonly (Waiting | undefined)[]): void {
    this.#sets += 1;
    this.#counters.count('sync_sets_total');
    if (members.includes(undefined)) this.#counters.count('sync_degraded_sets_total');
    this.#degraded.count(members.includes(undefined));
    const reference = members.find((member) => member !== undefined)?.time ?? 0;
    for (const [index, branch] of this.#branches.entries()) {
      const figures = this.#figures.get(branch);
      const member = members[index];
      if (!figures || !member) continue;
      const offset = member.time - reference;
      figures.offset = figures.offset === undefined ? offset : figures.offset + OFFSET_GAIN * (offset - figures.offset);
      this.#astray(branch).end(`Branch "${branch.name}" has met the others again.`);
      this.#silent(branch).end(`Branch "${branch.name}" is in sets again.`);
    }
    if (this.#sets % GAUGES_EVERY === 1) this.#publishGauges();
  }

  drop({ branch, frame, reason, skipsSet }: Extract<Decision, { kind: 'drop' }>): void {
    this.#countFrame(branch, reason);
    if (skipsSet) this.#counters.count('sync_skipped_sets_total');
    const figures = this.#figures.get(branch);
    if (!figures) return;
    const { clock, name } = branch;
    if (reason === 'uncertain' && clock.seen >= UNSTEADY && !clock.locked && !figures.toldUnsteady) {
      figures.toldUnsteady = true;
      const text = 'keeps no steady rate, so that only frames with nearly the same time can be paired; `tolerance` pairs them by their times alone.';
      this.#context.warn(`Branch "${name}" ${text}`);
    }
    if (branch.unused >= ASTRAY) this.#raiseStray(branch, frame);
  }

  close(): void {
    this.#condition.close();
  }

  /** A frame was pushed out of a full queue. */
  overflow(branch: Branch): void {
    this.#countFrame(branch, 'overflow');
  }

  /** A frame of a set does not fit the others of it. */
  misfit(branch: Branch): void {
    this.#countFrame(branch, 'mismatch');
  }

  silence(branches: readonly Branch[], degrade: boolean): void {
    const consequence = degrade ? 'the others are fused without it' : 'its sets are skipped';
    for (const branch of branches) {
      const { name, last } = branch;
      const silence = last === undefined ? 'has given nothing yet' : `is silent since ${formatTime(last)}`;
      this.#silent(branch).raise(`Branch "${name}" ${silence}; ${consequence}.`);
      this.#counters.count('sync_silences_total', { branch: name });
    }
  }

  /** @param message empty: the exposures agree */
  mismatch(message: string, degrade: boolean): void {
    const differ = this.#condition('mismatch', { holds: true, degrades: true });
    if (message === '') differ.end('The exposures agree again.');
    else differ.raise(`${message} ${degrade ? 'Those that agree are fused without the others.' : 'Sets are skipped until they agree.'}`);
  }

  /** From a silence until it is in a set again: a branch that comes too late every time is reported once. */
  #silent({ name }: Branch): Condition {
    return this.#condition(`silent ${name}`, { holds: true });
  }

  #astray({ name }: Branch): Condition {
    return this.#condition(`astray ${name}`, { holds: true, degrades: true });
  }

  #raiseStray(branch: Branch, frame: Waiting): void {
    const others = this.#branches.filter((other) => other !== branch && other.last !== undefined);
    const newest = others.reduce((latest, { last = 0n }) => (last > latest ? last : latest), 0n);
    const distance = Number(frame.frame.runningTime - newest) / 1e9;
    // Where the others are silent or do not fit for other reasons, time is not what is wrong.
    if (Math.abs(distance) < 0.5) return;
    const where = `${Math.abs(distance).toFixed(3)} s ${distance > 0 ? 'ahead of' : 'behind'} the others`;
    this.#astray(branch).raise(`Branch "${branch.name}" is ${where}; its frames are not used until their times meet.`);
  }

  #publishGauges(): void {
    for (const branch of this.#branches) {
      const labels = { branch: branch.name };
      const offset = this.#figures.get(branch)?.offset;
      if (offset !== undefined) this.#context.report?.('sync_branch_offset_seconds', offset / 1e9, labels);
      this.#context.report?.('sync_branch_jitter_seconds', branch.clock.jitter / 1e9, labels);
      this.#context.report?.('sync_branch_locked', branch.clock.locked ? 1 : 0, labels);
      this.#context.report?.('sync_branch_clock_resets_total', branch.clock.resets, labels);
    }
  }

  #countFrame(branch: Branch, reason: string): void {
    // More frames than the slowest branch has: nothing is lost that could have been in a set.
    if (reason === 'surplus') {
      this.#counters.count('sync_surplus_frames_total', { branch: branch.name });
      return;
    }
    this.#counters.count('sync_dropped_frames_total', { branch: branch.name, reason });
    if (reason === 'late') this.#counters.count('sync_late_frames_total', { branch: branch.name });
  }
}
