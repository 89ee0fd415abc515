/** How the exposures of a stream's sets are lined up, whoever fuses or merges them: by what a graph says (`align`, `rig`, `crop`). */
import type { Frame, LineUpView } from '../core/frames/frame';
import type { ConditionOf } from '../core/metrics/conditions';
import type { Align } from './align-option';
import type { FusionReport, FusionTask } from './engine/fusion-task';
import { FixedRig } from './fixed-rig';
import { GivenLineUp } from './given-line-up';
import { lineUpNews } from './line-up-news';
import type { LineUpFigures } from './line-up-teller';
import { lineUpView } from './line-up-view';
import { LiveLineUp, type LineUpPlan } from './live-line-up';
import { motionsOf, type BranchMotions } from './motions';

export interface LineUpSettings {
  /** Default `off`: motions may be given with the sets. */
  readonly align?: Align | undefined;
  /** Whether somebody has asked for `auto`, who then wants to know where it cannot be had. */
  readonly alignAsked?: boolean | undefined;
  /** Path of a rig's file; empty (default): there is none. */
  readonly rig?: string | undefined;
  /** Default `off`. */
  readonly crop?: 'off' | 'common' | undefined;
}

/** A set, as it is known before anything is seen of its pictures. */
export interface OrderedSet {
  /** Of the exposures, dark to bright. */
  readonly names: readonly string[];
  readonly reference: number;
  /** The reference's. */
  readonly anchor: Frame;
  /** Branches that it lacks. */
  readonly missing?: readonly string[] | undefined;
  readonly origins: Frame['origins'];
}

export type SetLineUpPlan = Partial<LineUpPlan> & Pick<FusionTask, 'align' | 'crop'>;

export class SetLineUp {
  readonly #settings: LineUpSettings;
  readonly #context: LineUpFigures;
  readonly #live: LiveLineUp | undefined;
  /** Taken as it is: nothing looks whether it is still so. */
  readonly #given: GivenLineUp | undefined;
  /** Whether a set waits until it is known how those before it lie: two runs over files are the same then. */
  readonly waits: boolean;
  /** Resolves when the last set that came has its turn. */
  #entered: Promise<void> = Promise.resolve();
  #told = false;

  constructor(settings: LineUpSettings, context: LineUpFigures & { warn(message: string): void; readonly condition?: ConditionOf | undefined; readonly unhurried?: boolean | undefined }) {
    this.#settings = settings;
    this.#context = context;
    const rig = settings.rig ? new FixedRig(settings.rig, context.condition) : undefined;
    if (settings.align === 'auto') this.#live = new LiveLineUp(context, settings.alignAsked, rig);
    else if (rig) this.#given = new GivenLineUp(rig, context);
    this.waits = context.unhurried === true && this.#live !== undefined;
  }

  /** The next set is of another scene. */
  forget(): void {
    this.#live?.forget();
  }

  async close(): Promise<void> {
    await this.#live?.close();
  }

  /** One set after the other, when all that was asked of those before is answered. @returns lets the next one in */
  async admit(): Promise<() => void> {
    const before = this.#entered;
    let enter = (): void => undefined;
    this.#entered = new Promise((resolve) => (enter = resolve));
    await before;
    await this.#live?.settled;
    return enter;
  }

  /** By the motions that are given with it, by what is known of the stream, or by its own pictures. */
  plan({ names, reference, anchor, missing = [], origins }: OrderedSet, motions?: BranchMotions): SetLineUpPlan {
    const { align, crop } = this.#settings;
    const { layout } = anchor.caps;
    const given = motionsOf(motions ?? this.#given?.motionsFor({ names, missing, layout }), names, reference);
    if (given) return { motions: given };
    // Frames of one camera come by one tap.
    const oneCamera = origins.length === 1;
    const plan = this.#live?.plan({ names, reference, missing, layout, time: anchor.runningTime, oneCamera });
    return { ...plan, align: align === 'each', crop: crop === 'common' };
  }

  /** How a picture was lined up, for whoever shows it; undefined where nothing is. */
  view({ names, reference, anchor }: OrderedSet, plan: SetLineUpPlan, report: FusionReport, motions?: BranchMotions): LineUpView | undefined {
    const any = motions !== undefined || this.#live !== undefined || this.#given !== undefined || this.#settings.align === 'each';
    return any ? lineUpView({ names, reference, layout: anchor.caps.layout, motions: plan.motions, report }) : undefined;
  }

  /** Once: of stills there is one set, and of videos each would be told. @returns what was found in the set's own pictures */
  tell({ linedUp }: FusionReport, names: readonly string[]): FusionReport['linedUp'] {
    if (linedUp && !this.#told) this.#context.notify?.(lineUpNews(linedUp, names));
    this.#told ||= linedUp !== undefined;
    return linedUp;
  }
}
