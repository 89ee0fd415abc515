/** Merges exposure sets into HDR pictures, through the same pool of threads as the fusion. */
import { GstIplError } from '../core/errors';
import { deriveFrame, type ExposureSet, type Frame } from '../core/frames/frame';
import { depthOf } from '../core/frames/video-layout';
import type { VideoCaps } from '../core/frames/video-caps';
import type { Condition, ConditionOf } from '../core/metrics/conditions';
import { formatTime, type Nanoseconds } from '../core/time';
import { FusionFigures, type Report } from './fusion-figures';
import { ProviderGate } from './gpu/provider-gate';
import { hdrCaps } from './hdr-caps';
import type { HdrChoice } from './hdr-options';
import { averageLight } from './hdr/frame-light';
import type { MergeReport } from './hdr/hdr-engine';
import { primariesNamed } from './hdr/primaries';
import { OutputIdentity } from './output-identity';
import { FusionPool } from './pool/fusion-pool';
import { SetLineUp, type LineUpSettings } from './set-line-up';
import { transferable } from './transferable';

export interface HdrFuserSettings extends HdrChoice, LineUpSettings {
  readonly reference: string;
  readonly model: string;
  readonly slice: number;
  readonly threads: number;
  /** Default `cpu`. */
  readonly provider?: string;
}

export interface HdrFuserContext {
  /** In the order of `ev`; without it those of the first set, which has to be whole. */
  readonly branches: readonly string[];
  warn(message: string): void;
  notify?(message: string): void;
  readonly report?: Report | undefined;
  readonly condition?: ConditionOf | undefined;
  /** Whether sets wait until it is known how exposures lie: two runs are the same then. */
  readonly unhurried?: boolean | undefined;
}

/** Workers that die on three sets in a row will die on the next one too. */
const MAX_DEATHS = 3;

/** Some thousands of cells say it to about a hundredth. */
const ROUNDED = 1.02;

/** What the settings come to for the branches of a graph. */
interface Plan {
  /** Dark to bright. */
  readonly names: readonly string[];
  /** EV of each against the reference. */
  readonly declared: readonly number[];
  readonly reference: string;
}

export class HdrFuser {
  readonly #settings: HdrFuserSettings;
  readonly #context: HdrFuserContext;
  readonly #figures: FusionFigures;
  readonly #pool: FusionPool;
  readonly #gate: ProviderGate;
  readonly #lineUp: SetLineUp;
  readonly #identity = new OutputIdentity();
  readonly #contradiction: Condition | undefined;
  #plan: Plan | undefined;
  /** By the caps of the reference. */
  #caps: { readonly of: string; readonly caps: VideoCaps } | undefined;
  #deaths = 0;
  /** cd/m2. */
  #maxFall = 0;
  #told = false;
  #closed = false;

  constructor(settings: HdrFuserSettings, context: HdrFuserContext) {
    this.#settings = settings;
    this.#context = context;
    this.#figures = new FusionFigures(context.report);
    this.#lineUp = new SetLineUp(settings, context);
    this.#contradiction = context.condition?.('exposures', { holds: true });
    this.#gate = new ProviderGate(settings.provider ?? 'cpu', ({ level, message }) => (level === 'warn' ? context.warn(message) : context.notify?.(message)));
    this.#pool = new FusionPool({ model: settings.model, sliceBands: settings.slice, threads: settings.threads, hdr: true, gate: this.#gate });
  }

  start(): Promise<void> {
    return this.#pool.start();
  }

  /** What was measured of the exposures is forgotten. */
  reset(): void {
    this.#lineUp.forget();
    this.#pool.reset();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([this.#pool.close(), this.#lineUp.close()]);
    this.#gate.close();
  }

  /** @returns the merged frame, or undefined when it was lost with its worker */
  async fuse(set: ExposureSet): Promise<Frame | undefined> {
    const enter = this.#lineUp.waits ? await this.#lineUp.admit() : undefined;
    return this.#merge(set, enter).finally(enter);
  }

  /** @param enter called once the set has its turn */
  async #merge(set: ExposureSet, enter?: () => void): Promise<Frame | undefined> {
    // Up to the pool all is done at once, so that sets take their turns as they came.
    const plan = (this.#plan ??= this.#planFor(set));
    const places = plan.names.flatMap((name, place) => (set.branches.includes(name) ? [place] : []));
    const names = places.map((place) => plan.names[place] ?? '');
    const frames = names.flatMap((name) => set.frames[set.branches.indexOf(name)] ?? []);
    const reference = referenceOf(set, plan, names);
    const anchor = frames[reference];
    if (!anchor) throw new GstIplError('bad-exposures', `There is no reference exposure in ${set.branches.join(', ')}.`);
    const { caps, runningTime, duration } = this.#identity.of(frames, names, reference, set.reference ?? plan.reference);
    const { layout, colorimetry, range } = anchor.caps;
    this.#tellOnce(anchor.caps);
    const { output, curve, peak, referenceWhite, primaries } = this.#settings;
    const from = primaries === 'auto' ? (primariesNamed(colorimetry.primaries) ?? 'bt709') : primaries;
    const hdr = { colorimetry: { range, matrix: colorimetry.matrix }, settings: { output, curve, peak, referenceWhite, primaries: from }, places, declared: plan.declared };
    const ordered = { names, reference, anchor, missing: set.missing, origins: set.origins };
    const { learn, ...lineUp } = this.#lineUp.plan(ordered);
    const merging = this.#pool.fuse({ layout, range, reference, hdr, ...lineUp }, frames.length, () => transferable(frames), '');
    enter?.();
    const outcome = await merging;
    learn?.('picture' in outcome ? outcome.picture.report : undefined);
    if (this.#closed) return undefined;
    if ('death' in outcome) return this.#onWorkerDeath(outcome.death, anchor);
    if ('error' in outcome) throw outcome.error;
    this.#deaths = 0;
    this.#figures.countPicture(frames.length);
    const { payload, report } = outcome.picture;
    this.#figures.countFused(report);
    const linedUp = this.#lineUp.tell(report, names);
    if (linedUp) this.#figures.countLinedUp(linedUp, names);
    if (report.hdr) this.#report(report.hdr, plan);
    const of = this.#capsFor(caps);
    if (this.#settings.output === 'pq') this.#measureLight(payload, of, runningTime);
    const shown = this.#lineUp.view(ordered, lineUp, report);
    return deriveFrame(anchor, { payload, caps: of, runningTime, duration, shared: false, origins: set.origins, lineUp: shown });
  }

  #planFor(set: ExposureSet): Plan {
    const { ev, reference } = this.#settings;
    const known = this.#context.branches;
    const branches = known.length > 0 ? known : set.branches;
    if (branches.length !== ev.length) {
      throw new GstIplError('bad-exposures', `"ev" has ${ev.length} numbers, and there are ${branches.length} exposures: ${branches.join(', ')}.`, {
        hint: 'Write one for each branch, in their order. A stream of sets has to begin with a whole one.',
      });
    }
    const sorted = branches.map((name, index) => ({ name, ev: ev[index] ?? 0 })).sort((a, b) => a.ev - b.ev);
    const decides = reference === 'middle' ? sorted[Math.floor((sorted.length - 1) / 2)] : sorted.find(({ name }) => name === reference);
    if (!decides) throw new GstIplError('bad-exposures', `Option "reference" names "${reference}", which is not a branch.`, { hint: `The branches are ${branches.join(', ')}.` });
    return { names: sorted.map(({ name }) => name), declared: sorted.map((each) => each.ev - decides.ev), reference: decides.name };
  }

  #capsFor(caps: VideoCaps): VideoCaps {
    if (this.#caps?.of !== caps.text) this.#caps = { of: caps.text, caps: hdrCaps(caps, this.#settings) };
    return this.#caps.caps;
  }

  /** A frame that has more than was declared is told: screens that go by it may show it darker. */
  #measureLight(payload: Uint8Array, { layout }: VideoCaps, runningTime: Nanoseconds): void {
    const light = averageLight(payload, layout);
    if (light <= this.#maxFall) return;
    const { maxFall } = this.#settings;
    if (maxFall > 0 && light > ROUNDED * maxFall && this.#maxFall <= ROUNDED * maxFall) {
      this.#context.warn(`The frame at ${formatTime(runningTime)} has ${Math.round(light)} cd/m2 of light on average, and "maxFall" says ${maxFall} at most.`);
    }
    this.#maxFall = light;
    this.#context.report?.('fusion_max_fall', light);
  }

  #tellOnce({ layout, colorimetry }: VideoCaps): void {
    if (this.#told) return;
    this.#told = true;
    const { curve } = this.#settings;
    if (depthOf(layout.format) === 8) this.#context.notify?.('The exposures have 8 bits: HDR is made of them, but smooth shadows may show bands. Cameras of 10 bits do not.');
    const said = colorimetry.transfer;
    if ((said === 'HLG') !== (curve === 'hlg') && (said === 'HLG' || (said === 'BT.709' && curve === 'hlg'))) {
      this.#context.warn(`The exposures say that their transfer is ${said}, and "curve" is ${curve}: that is believed.`);
    }
    if (said === 'PQ') this.#context.warn('The exposures say that they are PQ already; "curve" is believed.');
  }

  #report({ ev, contradictions }: MergeReport, { names, declared }: Plan): void {
    for (const [place, name] of names.entries()) this.#context.report?.('fusion_exposure_ev', ev[place] ?? 0, { branch: name });
    const [first] = contradictions;
    if (!first) return this.#contradiction?.end('The exposures are again as far apart as "ev" says.');
    const { place } = first;
    const said = (declared[place + 1] ?? 0) - (declared[place] ?? 0);
    this.#contradiction?.raise(
      `"${names[place]}" and "${names[place + 1]}" are ${first.ev.toFixed(2)} EV apart by their pixels, and "ev" says ${said.toFixed(2)}, which is believed. Is "ev" right, and "curve"?`,
    );
  }

  #onWorkerDeath(death: GstIplError, lost: Frame): undefined {
    this.#deaths += 1;
    this.#figures.countLost();
    if (this.#deaths >= MAX_DEATHS) throw death;
    this.#context.warn(`${death.message} It is started again; the frame at ${formatTime(lost.runningTime)} is lost.`);
  }
}

/** Index into `names`: of the reference, or of whatever comes nearest to its exposure. */
function referenceOf({ reference }: ExposureSet, plan: Plan, names: readonly string[]): number {
  const wanted = names.indexOf(reference ?? plan.reference);
  if (wanted >= 0) return wanted;
  const far = (name: string): number => Math.abs(plan.declared[plan.names.indexOf(name)] ?? Infinity);
  return names.reduce((best, name, index) => (far(name) < far(names[best] ?? '') ? index : best), 0);
}
