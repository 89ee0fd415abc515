/** The work of `alternate` on a stream; its rules are in ./index.ts. */
import { Observable } from 'rxjs';
import type { StageContext } from '../core/element';
import type { ExposureSet, Frame } from '../core/frame';
import { framePeriod } from '../core/frame-clock';
import { formatTime, type Nanoseconds } from '../core/time';
import { brightnessOf } from './brightness';
import { CycleSets, type Output } from './cycle-sets';
import { CycleTracker } from './cycle-tracker';
import { SlotCounter } from './slot-counter';

export interface SplitSettings {
  readonly exposures: 'auto' | readonly string[];
  readonly first: string;
  readonly output: Output;
}

export type SplitContext = Pick<StageContext, 'warn' | 'notify' | 'report'>;

/** Without a cycle for so many frames, at a stretch, there is something to tell. */
const PATIENCE = 150;

/** A bad cable should not fill a disk with warnings. */
const WARN_EVERY: Nanoseconds = 10_000_000_000n;

export function splitCycle(input: Observable<Frame>, settings: SplitSettings, context: SplitContext): Observable<ExposureSet> {
  return new Observable((subscriber) => {
    const splitter = new CycleSplitter(settings, context);
    return input.subscribe({
      next: (frame) => {
        const set = splitter.next(frame);
        if (set) subscriber.next(set);
      },
      error: (error) => subscriber.error(error),
      complete: () => {
        splitter.end();
        subscriber.complete();
      },
    });
  });
}

class CycleSplitter {
  readonly #settings: SplitSettings;
  readonly #context: SplitContext;
  readonly #tracker: CycleTracker;
  readonly #sets: CycleSets;
  readonly #slots = new SlotCounter();
  readonly #counts = new Map<string, number>();
  #origin: Nanoseconds | undefined;
  #now: Nanoseconds = 0n;
  #warned: Nanoseconds | undefined;
  #lostFor = 0;
  #lockedOnce = false;
  #names: readonly string[] = [];
  #order: readonly number[] = [];

  constructor(settings: SplitSettings, context: SplitContext) {
    this.#settings = settings;
    this.#context = context;
    const { exposures, first, output } = settings;
    const lengths = exposures === 'auto' ? [2, 3, 4, 5] : [exposures.length];
    const place = exposures === 'auto' || first === 'auto' ? undefined : exposures.indexOf(first);
    this.#sets = new CycleSets(output);
    context.report?.('alternate_locked', 0);
    context.report?.('alternate_lock_losses_total', 0);
    context.report?.('alternate_sets_total', 0);
    this.#tracker = new CycleTracker({ lengths, first: place }, (change) => this.#tell(change));
    if (!this.#tracker.locked) return;
    this.#lockedOnce = true;
    this.#name();
  }

  next(frame: Frame): ExposureSet | undefined {
    this.#origin ??= frame.runningTime;
    this.#now = frame.runningTime;
    const slot = this.#slots.next(Number(frame.runningTime - this.#origin), framePeriod(frame));
    const phase = this.#tracker.next(slot, brightnessOf(frame));
    if (!this.#tracker.locked) this.#waitForCycle();
    if (phase === undefined) {
      this.#count('alternate_unused_frames_total', { reason: this.#tracker.locked ? 'uncertain' : 'unlocked' });
      return undefined;
    }
    const set = this.#sets.add({ slot: slot.slot, phase, frame }, this.#names, this.#order);
    if (set) this.#count('alternate_sets_total');
    return set;
  }

  end(): void {
    if (this.#lockedOnce || this.#origin === undefined) return;
    this.#context.warn(`The stream ended before a cycle of exposures was found in it; there is nothing to fuse.`);
  }

  #tell(change: 'locked' | 'lost'): void {
    const { report, notify } = this.#context;
    report?.('alternate_locked', change === 'locked' ? 1 : 0);
    if (change === 'lost') {
      this.#sets.clear();
      const losses = this.#count('alternate_lock_losses_total');
      if (this.#warned !== undefined && this.#now - this.#warned < WARN_EVERY) return;
      this.#warned = this.#now;
      const often = losses === 1 ? '' : ` (${losses} times so far)`;
      this.#context.warn(`The cycle of exposures was lost at ${formatTime(this.#now)}${often}; no frame is used until it is found again.`);
      return;
    }
    this.#lostFor = 0;
    // In the constructor there is no tracker yet to ask; the names are then those of the options.
    if (this.#origin === undefined) return;
    this.#name();
    report?.('alternate_cycle_length', this.#names.length);
    const again = this.#lockedOnce ? 'again ' : '';
    this.#lockedOnce = true;
    notify?.(`A cycle of ${this.#names.length} exposures was found ${again}at ${formatTime(this.#now)}.`);
  }

  #name(): void {
    const { exposures } = this.#settings;
    const { darkToBright } = this.#tracker;
    if (exposures !== 'auto') {
      this.#names = exposures;
      this.#order = exposures.map((_, phase) => phase);
      return;
    }
    // Names that the picture decides, so that they do not depend on where the stream began.
    this.#names = darkToBright.map((_, phase) => `exposure${darkToBright.indexOf(phase) + 1}`);
    this.#order = darkToBright;
  }

  #waitForCycle(): void {
    this.#lostFor += 1;
    if (this.#lostFor % PATIENCE !== 0 || (this.#warned !== undefined && this.#now - this.#warned < WARN_EVERY)) return;
    this.#warned = this.#now;
    const { exposures } = this.#settings;
    const wanted = exposures === 'auto' ? '2 to 5' : exposures.length;
    this.#context.warn(`No cycle of ${wanted} exposures shows in the last ${this.#lostFor} pictures; nothing is fused.`);
  }

  #count(name: string, labels?: Readonly<Record<string, string>>): number {
    const key = labels ? `${name} ${Object.values(labels).join(' ')}` : name;
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, count);
    this.#context.report?.(name, count, labels);
    return count;
  }
}
