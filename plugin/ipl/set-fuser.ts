/** Fuses exposure sets through a pool of workers: checks them, orders them, and survives a worker's death. */
import { GstIplError } from '../core/errors';
import { deriveFrame, type ExposureSet, type Frame } from '../core/frames/frame';
import { formatTime } from '../core/time';
import { resizedCaps, type ColourRange, type VideoCaps } from '../core/frames/video-caps';
import type { ConditionOf } from '../core/metrics/conditions';
import { CONTROLS, type Controls } from './controls';
import { checkOrder, orderExposures, type ExposureOrder, type OrderSettings } from './exposure-order';
import { inEightBits, isOfOneDepth } from './eight-bits';
import { FusionFigures, type Report } from './fusion-figures';
import type { ToneTask } from './engine/fusion-task';
import { FusionPool } from './pool/fusion-pool';
import type { BranchMotions } from './motions';
import { OutputIdentity, type Identity } from './output-identity';
import { ProviderGate } from './gpu/provider-gate';
import type { FusedPicture } from './pool/worker-handle';
import { SetLineUp, type LineUpSettings } from './set-line-up';
import { ToneMemory } from './tone-memory';
import { transferable } from './transferable';

export interface FuserSettings extends OrderSettings, LineUpSettings {
  readonly model: string;
  readonly slice: number;
  readonly threads: number;
  /** Default `cpu`. */
  readonly provider?: string;
}

export interface FuserContext {
  warn(message: string): void;
  notify?(message: string): void;
  readonly report?: Report | undefined;
  readonly condition?: ConditionOf | undefined;
  /** Whether sets wait until it is known how exposures lie: two runs are the same then. */
  readonly unhurried?: boolean | undefined;
  /** Whether pictures of 10 bits are fused with all of them (default); else with 8. */
  readonly tenBits?: boolean | undefined;
  /** Read for every set. */
  readonly controls?: Readonly<Controls>;
}

/** Workers that die on three sets in a row will die on the next one too. */
const MAX_DEATHS = 3;

export class SetFuser {
  readonly #settings: FuserSettings;
  readonly #context: FuserContext;
  readonly #controls: Readonly<Controls>;
  readonly #figures: FusionFigures;
  readonly #pool: FusionPool;
  readonly #gate: ProviderGate;
  #darkToBright: readonly string[] | undefined;
  readonly #identity = new OutputIdentity();
  /** By branch. */
  readonly #caps = new Map<string, string>();
  readonly #tones = new ToneMemory();
  #toneRange: ColourRange | undefined;
  /** The picture that stands while `freeze` is set. */
  #frozen: Frame | undefined;
  readonly #lineUp: SetLineUp;
  #deaths = 0;
  #closed = false;

  constructor(settings: FuserSettings, context: FuserContext) {
    this.#settings = settings;
    this.#context = context;
    this.#controls = context.controls ?? CONTROLS;
    this.#figures = new FusionFigures(context.report);
    this.#lineUp = new SetLineUp(settings, context);
    this.#gate = new ProviderGate(settings.provider ?? 'cpu', ({ level, message }) => (level === 'warn' ? context.warn(message) : context.notify?.(message)));
    this.#pool = new FusionPool({ model: settings.model, sliceBands: settings.slice, threads: settings.threads, gate: this.#gate });
  }

  start(): Promise<void> {
    return this.#pool.start();
  }

  /** The next set is treated as the first of a new scene. */
  reset(): void {
    this.#darkToBright = undefined;
    this.#tones.forget();
    this.#lineUp.forget();
    this.#pool.reset();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([this.#pool.close(), this.#lineUp.close()]);
    this.#gate.close();
  }

  /**
   * Fuses sets in the order of the calls.
   * @param motions of this set's branches: they are lined up before they are fused; without them pictures are taken as they are
   * @returns the fused frame, or undefined when it was lost with its worker
   */
  async fuse(set: ExposureSet, motions?: BranchMotions): Promise<Frame | undefined> {
    const enter = this.#lineUp.waits ? await this.#lineUp.admit() : undefined;
    const fused = await this.#fuse(set, motions, enter).finally(enter);
    if (fused) this.#figures.countPicture(set.frames.length);
    return fused;
  }

  /**
   * @param enter called once the set has its turn
   * @returns the fused frame, or undefined when it was lost with its worker
   */
  async #fuse(given: ExposureSet, motions: BranchMotions | undefined, enter?: () => void): Promise<Frame | undefined> {
    const set = this.#inDepth(given);
    // Up to the pool all is done at once, so that sets take their turns as they came.
    const { order, reference, referenceBranch, darkToBright } = this.#orderOf(set);
    const frames = order.map((index) => set.frames[index]).filter((frame) => frame !== undefined);
    const anchor = frames[reference];
    if (!anchor) throw new GstIplError('bad-exposures', `There is no reference exposure in ${set.branches.join(', ')}.`);
    const names = order.map((index) => set.branches[index] ?? '');
    const identity = this.#identity.of(frames, names, reference, referenceBranch);
    const { freeze, weights, ...look } = this.#controls;
    if (!freeze) this.#frozen = undefined;
    else if (this.#frozen) return deriveFrame(this.#frozen, { ...timeOf(identity), origins: set.origins });
    const { layout, range } = anchor.caps;
    const tones = this.#tonesFor(set, names, range);
    // Its partners are missing, and no whole set has shown how it is to look: it is what there is to see.
    if (frames.length === 1 && !tones) return deriveFrame(anchor, { ...identity, origins: set.origins });
    const ordered = { names, reference, anchor, missing: set.missing, origins: set.origins };
    const { learn, ...lineUp } = this.#lineUp.plan(ordered, motions);
    const task = { layout, range, reference, look, weights, tones, ...lineUp };
    const fusing = this.#pool.fuse(task, frames.length, () => transferable(frames), names.join(' '));
    enter?.();
    const outcome = await fusing;
    learn?.('picture' in outcome ? outcome.picture.report : undefined);
    if (this.#closed) return undefined;
    if ('death' in outcome) return this.#onWorkerDeath(outcome.death, anchor);
    if ('error' in outcome) throw outcome.error;
    this.#learnFrom(outcome.picture, darkToBright, names);
    const fused = deriveFrame(anchor, {
      ...identity,
      caps: capsOf(outcome.picture, identity),
      payload: outcome.picture.payload,
      shared: freeze,
      origins: set.origins,
      weightMap: weightMapOf(outcome.picture, names),
      lineUp: this.#lineUp.view(ordered, lineUp, outcome.picture.report, motions),
    });
    if (freeze) this.#frozen ??= fused;
    return fused;
  }

  /** With all bits, where they are wanted and all have them. */
  #inDepth(set: ExposureSet): ExposureSet {
    return this.#context.tenBits === false || !isOfOneDepth(set) ? inEightBits(set) : set;
  }

  #orderOf(set: ExposureSet): ExposureOrder {
    if (set.frames.length < 1 || set.frames.length > 5) {
      throw new GstIplError('bad-exposures', `Fusion takes two to five exposures, not ${set.frames.length}.`);
    }
    for (const [index, { caps }] of set.frames.entries()) {
      const name = set.branches[index] ?? '';
      if (this.#caps.get(name) !== caps.text) this.#darkToBright = undefined;
      this.#caps.set(name, caps.text);
    }
    if (!this.#darkToBright) checkOrder(this.#settings, [...set.branches, ...(set.missing ?? [])]);
    const decided = orderExposures(set, this.#settings, this.#darkToBright);
    this.#darkToBright = decided.darkToBright;
    return decided;
  }

  /** Whole sets define the look, others keep it. Sets that never lack anything have no `missing`. */
  #tonesFor({ missing }: ExposureSet, names: readonly string[], range: ColourRange): ToneTask | undefined {
    if (range !== this.#toneRange) this.#tones.forget();
    this.#toneRange = range;
    if (missing?.length === 0) return 'learn';
    return missing && this.#tones.curvesOf(names);
  }

  #learnFrom({ report }: FusedPicture, darkToBright: readonly string[], names: readonly string[]): void {
    this.#deaths = 0;
    if (report.tones) {
      if (report.sceneCut) this.#tones.forget();
      this.#tones.learn(names, report.tones);
    }
    this.#figures.countFused(report);
    const linedUp = this.#lineUp.tell(report, names);
    if (linedUp) this.#figures.countLinedUp(linedUp, names);
    // Another scene may have other cameras' order; the next set decides anew, unless that was done since.
    if (report.sceneCut && this.#darkToBright === darkToBright) this.#darkToBright = undefined;
  }

  #onWorkerDeath(death: GstIplError, lost: Frame): undefined {
    this.#deaths += 1;
    this.#figures.countLost();
    if (this.#deaths >= MAX_DEATHS) throw death;
    this.#context.warn(`${death.message} It is started again; the frame at ${formatTime(lost.runningTime)} is lost.`);
  }
}

function timeOf({ runningTime, duration }: Identity): Pick<Frame, 'runningTime' | 'duration'> {
  return { runningTime, duration };
}

function capsOf({ report: { area } }: FusedPicture, { caps }: Identity): VideoCaps {
  return area ? resizedCaps(caps, area.width, area.height) : caps;
}

function weightMapOf({ report }: FusedPicture, exposures: readonly string[]): Frame['weightMap'] {
  return report.weights && { ...report.weights, exposures };
}
