/** The work of `alternate` on a stream; its rules are in ./index.ts. */
import { Observable } from 'rxjs';
import { conditionsBy, type Condition } from '../core/metrics/conditions';
import { Counters } from '../core/metrics/counters';
import type { StageContext } from '../core/element';
import type { ExposureSet, Frame } from '../core/frames/frame';
import { framePeriod } from '../core/clocks/frame-clock';
import type { ReportOf } from '../core/metrics/metric-table';
import { formatTime, type Nanoseconds } from '../core/time';
import { brightnessOf } from './brightness';
import { CycleSets, type Output } from './cycle-sets';
import { CycleTracker } from './cycle-tracker';
import { alternateMetrics } from './metrics';
import { SlotCounter } from './slot-counter';

export interface SplitSettings {
  readonly exposures: 'auto' | readonly string[];
  readonly first: string;
  readonly output: Output;
}

export type SplitContext = Pick<StageContext, 'warn' | 'notify' | 'condition'> & { readonly report?: ReportOf<typeof alternateMetrics> };

/** Without a cycle for so many frames, at a stretch, there is something to report. */
const PATIENCE = 150;

export function splitCycle(input: Observable<Frame>, settings: SplitSettings, context: SplitContext): Observable<ExposureSet> {
  return new Observable((subscriber) => {
    const splitter = new CycleSplitter(settings, context);
    const subscription = input.subscribe({
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
    return () => {
      subscription.unsubscribe();
      splitter.close();
    };
  });
}

class CycleSplitter {
  readonly #settings: SplitSettings;
  readonly #context: SplitContext;
  readonly #tracker: CycleTracker;
  readonly #sets: CycleSets;
  readonly #slots = new SlotCounter();
  readonly #counters: Counters<typeof alternateMetrics>;
  readonly #unlocked: Condition;
  readonly #conditions: ReturnType<typeof conditionsBy>;
  #origin: Nanoseconds | undefined;
  #now: Nanoseconds = 0n;
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
    this.#counters = new Counters(context.report, 'alternate_lock_losses_total', 'alternate_sets_total');
    this.#conditions = conditionsBy(context);
    this.#unlocked = this.#conditions('unlocked', { holds: true, degrades: true });
    this.#tracker = new CycleTracker({ lengths, first: place }, (change) => this.#onLockChange(change));
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
      this.#counters.count('alternate_unused_frames_total', { reason: this.#tracker.locked ? 'uncertain' : 'unlocked' });
      return undefined;
    }
    const set = this.#sets.add({ slot: slot.slot, phase, frame }, this.#names, this.#order);
    if (set) this.#counters.count('alternate_sets_total');
    return set;
  }

  close(): void {
    this.#conditions.close();
  }

  end(): void {
    if (this.#lockedOnce || this.#origin === undefined) return;
    this.#context.warn(`The stream ended before a cycle of exposures was found in it; there is nothing to fuse.`);
  }

  #onLockChange(change: 'locked' | 'lost'): void {
    const { report, notify } = this.#context;
    report?.('alternate_locked', change === 'locked' ? 1 : 0);
    if (change === 'lost') {
      this.#sets.clear();
      this.#counters.count('alternate_lock_losses_total');
      this.#unlocked.raise(`The cycle of exposures was lost at ${formatTime(this.#now)}; no frame is used until it is found again.`);
      return;
    }
    this.#lostFor = 0;
    // In the constructor there is no tracker yet to ask; the names are then those of the options.
    if (this.#origin === undefined) return;
    this.#name();
    report?.('alternate_cycle_length', this.#names.length);
    const found = (again: string): string => `A cycle of ${this.#names.length} exposures was found ${again}at ${formatTime(this.#now)}.`;
    this.#unlocked.end(found('again '));
    if (!this.#lockedOnce) notify?.(found(''));
    this.#lockedOnce = true;
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
    if (this.#lostFor % PATIENCE !== 0) return;
    const { exposures } = this.#settings;
    const wanted = exposures === 'auto' ? '2 to 5' : exposures.length;
    this.#unlocked.raise(`No cycle of ${wanted} exposures shows in the last ${this.#lostFor} frames; nothing is fused.`);
  }
}
