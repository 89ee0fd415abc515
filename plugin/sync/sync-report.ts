/** What a synchroniser tells: figures for whoever watches the chain, and warnings for whoever must act. */
import type { StageContext } from '../core/element';
import { formatTime } from '../core/time';
import type { Branch, Waiting } from './branch';
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
  readonly report?: StageContext['report'];
}

interface BranchFigures {
  offset: number | undefined;
  toldAstray: boolean;
  toldUnsteady: boolean;
  /** And has been in no set since: a branch that comes too late every time is told of once. */
  toldSilent: boolean;
}

export class SyncReport {
  readonly #context: ReportContext;
  readonly #branches: readonly Branch[];
  readonly #figures = new Map<Branch, BranchFigures>();
  readonly #counts = new Map<string, number>();
  #sets = 0;

  constructor(context: ReportContext, branches: readonly Branch[]) {
    this.#context = context;
    this.#branches = branches;
    for (const branch of branches) this.#figures.set(branch, { offset: undefined, toldAstray: false, toldUnsteady: false, toldSilent: false });
    for (const name of ['sync_sets_total', 'sync_degraded_sets_total', 'sync_skipped_sets_total']) context.report?.(name, 0);
  }

  set(members: readonly (Waiting | undefined)[]): void {
    this.#sets += 1;
    this.#count('sync_sets_total');
    if (members.includes(undefined)) this.#count('sync_degraded_sets_total');
    const reference = members.find((member) => member !== undefined)?.time ?? 0;
    for (const [index, branch] of this.#branches.entries()) {
      const figures = this.#figures.get(branch);
      const member = members[index];
      if (!figures || !member) continue;
      const offset = member.time - reference;
      figures.offset = figures.offset === undefined ? offset : figures.offset + OFFSET_GAIN * (offset - figures.offset);
      figures.toldAstray = false;
      figures.toldSilent = false;
    }
    if (this.#sets % GAUGES_EVERY === 1) this.#publishGauges();
  }

  drop({ branch, frame, reason, skipsSet }: Extract<Decision, { kind: 'drop' }>): void {
    this.#countFrame(branch, reason);
    if (skipsSet) this.#count('sync_skipped_sets_total');
    const figures = this.#figures.get(branch);
    if (!figures) return;
    const { clock, name } = branch;
    if (reason === 'uncertain' && clock.seen >= UNSTEADY && !clock.locked && !figures.toldUnsteady) {
      figures.toldUnsteady = true;
      const text = 'keeps no steady rate, so that only frames with nearly the same time can be paired; `tolerance` pairs them by their times alone.';
      this.#context.warn(`Branch "${name}" ${text}`);
    }
    if (branch.unused < ASTRAY || figures.toldAstray) return;
    this.#warnOfStray(branch, frame, figures);
  }

  /** A frame was pushed out of a full queue, or did not fit. */
  overflow(branch: Branch): void {
    this.#countFrame(branch, 'overflow');
  }

  silence(branches: readonly Branch[], degrade: boolean): void {
    const consequence = degrade ? 'the others are fused without it' : 'its sets are skipped';
    for (const branch of branches) {
      const { name, last } = branch;
      const figures = this.#figures.get(branch);
      if (!figures || figures.toldSilent) continue;
      figures.toldSilent = true;
      const silence = last === undefined ? 'has given nothing yet' : `is silent since ${formatTime(last)}`;
      this.#context.warn(`Branch "${name}" ${silence}; ${consequence}.`);
    }
    for (const { name } of branches) this.#count('sync_silences_total', { branch: name });
  }

  mismatch(message: string): void {
    this.#context.warn(`${message} Sets are skipped until they agree.`);
  }

  #warnOfStray(branch: Branch, frame: Waiting, figures: BranchFigures): void {
    const others = this.#branches.filter((other) => other !== branch && other.last !== undefined);
    const newest = others.reduce((latest, { last = 0n }) => (last > latest ? last : latest), 0n);
    const distance = Number(frame.frame.runningTime - newest) / 1e9;
    // Where the others are silent or do not fit for other reasons, time is not what is wrong.
    if (Math.abs(distance) < 0.5) return;
    figures.toldAstray = true;
    const where = `${Math.abs(distance).toFixed(3)} s ${distance > 0 ? 'ahead of' : 'behind'} the others`;
    this.#context.warn(`Branch "${branch.name}" is ${where}; its frames are not used until their times meet.`);
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
    this.#count('sync_dropped_frames_total', { branch: branch.name, reason });
    if (reason === 'late') this.#count('sync_late_frames_total', { branch: branch.name });
  }

  #count(name: string, labels?: Readonly<Record<string, string>>): void {
    const key = labels ? `${name} ${Object.values(labels).join(' ')}` : name;
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, count);
    this.#context.report?.(name, count, labels);
  }
}
