/**
 * Lines up the exposures of a stream: knows for each set how its exposures lie, and sees to it that this stays true.
 *
 * - Each set is fused with what is held (align/branch-track.ts); nothing waits, unless it is a file that is read (`settled`). The first is as it is: of stills there is no other. Of a set now and then the fusion thread puts small copies of luma
 *   aside, and a thread of its own (pool/align-thread.ts) finds motions in them, or looks whether they are still so.
 * - What moves from set to set, as a camera that takes exposures in turns and pans does, is followed in each set, by the thread that fuses
 *   it, from where it was in the set before: a pan moves each exposure by its own share again and again.
 * - With a rig (fixed-rig.ts) motions are held from the first set on, and looked at as others are.
 * - Motions are known against one reference. Sets with another one, as alternating exposures have (`output: frame`), have motions of
 *   their own. Where the usual reference is missing they begin with what is known by way of it.
 */
import type { ConditionOf } from '../core/metrics/conditions';
import type { Nanoseconds } from '../core/time';
import { BranchTrack, type Homography, SEARCHED } from './align';
import type { FusionReport, FusionTask } from './engine/fusion-task';
import type { Motion } from './kernels';
import type { FixedRig } from './fixed-rig';
import { motionsOf } from './motions';
import { AlignThread, type AlignAnswer } from './pool/align-thread';
import { LineUpTeller, type LineUpFigures } from './line-up-teller';

export interface LineUpSet {
  /** Of the exposures, dark to bright. */
  readonly names: readonly string[];
  readonly reference: number;
  /** Branches that it lacks. */
  readonly missing: readonly string[];
  readonly layout: FusionTask['layout'];
  readonly time: Nanoseconds;
  /** Whether one camera takes the exposures in turns. */
  readonly oneCamera: boolean;
}

/** What is to be done with a set. */
export interface LineUpPlan extends Pick<FusionTask, 'motions' | 'follow' | 'wanted' | 'quick'> {
  /** Takes what came of it: nothing, where the set was lost. */
  readonly learn: (report: FusionReport | undefined) => void;
}

/**
 * Nanoseconds of running time from one look to the next: as long as it is new, until it is sure, and from then on. A look takes as long as
 * one to three fusions, so one a second was a tenth of all work at 1080p; one in four seconds is a fortieth. A camera that was knocked waits so long.
 */
const LOOKS: readonly { readonly before: number; readonly pause: Nanoseconds }[] = [
  { before: 8, pause: 250_000_000n },
  { before: 16, pause: 1_000_000_000n },
  { before: Infinity, pause: 4_000_000_000n },
];
/** Pixels of the longer side of what is only looked at: half of what is searched. */
const LOOKED = SEARCHED / 2;
/** Smaller pictures show too little. */
const LEAST_SIDE = 64;

/** How the exposures lie on one reference. */
interface Tracks {
  readonly by: Map<string, BranchTrack>;
  /** When they were looked at and searched, and how often since something has changed. */
  looked: Nanoseconds | undefined;
  searched: Nanoseconds | undefined;
  looks: number;
  /** One set at least was there. */
  begun: boolean;
}

export class LiveLineUp {
  readonly #thread: AlignThread;
  readonly #teller: LineUpTeller;
  readonly #rig: FixedRig | undefined;
  /** By the reference's name. */
  readonly #references = new Map<string, Tracks>();
  /** The reference of the last set that lacked nothing. */
  #usual: string | undefined;
  #size = '';
  /** It was asked for, and where nothing can be lined up is still to be told. */
  #asksForIt: boolean;
  /** A set's luma is on its way to the thread. */
  #asked = false;
  /** What was asked of sets and is not answered. */
  readonly #open = new Set<Promise<void>>();

  /**
   * @param asked whether somebody wants to know where nothing can be lined up
   * @param rig how cameras that stand firmly lie
   */
  constructor(context: LineUpFigures & { warn(message: string): void; readonly condition?: ConditionOf | undefined }, asked = false, rig?: FixedRig) {
    this.#asksForIt = asked;
    this.#rig = rig;
    this.#thread = new AlignThread((message) => context.warn(message));
    this.#teller = new LineUpTeller(context);
  }

  /** Forgets how exposures lie. */
  forget(): void {
    this.#references.clear();
    this.#usual = undefined;
  }

  close(): Promise<void> {
    this.#teller.close();
    return this.#thread.close();
  }

  /** Resolves when all that was asked of sets is answered: what is known then does not depend on how fast threads are. */
  get settled(): Promise<unknown> {
    return Promise.all(this.#open);
  }

  plan(set: LineUpSet): LineUpPlan | undefined {
    const { names, reference, layout } = set;
    if (names.length < 2) return undefined;
    if (Math.min(layout.width, layout.height) < LEAST_SIDE) return this.#tooSmall(layout);
    const size = `${layout.width}x${layout.height}`;
    if (size !== this.#size) this.forget();
    this.#size = size;
    const tracks = this.#tracksOf(set);
    const list = names.map((name, exposure) => (exposure === reference ? undefined : tracks.by.get(name)));
    const known = list.map((track) => (track?.state === 'held' && track.map ? { homography: track.map } : undefined));
    const follow = list.map((track) => (track?.state === 'followed' ? track.expected : undefined));
    const wants = this.#wants(set, tracks, list);
    const answered = wants || follow.some(Boolean) ? this.#begin() : undefined;
    return {
      quick: true,
      motions: known.some(Boolean) ? known : undefined,
      follow: follow.some(Boolean) ? follow : undefined,
      wanted: wants && { most: wants.search ? SEARCHED : LOOKED, exposures: wants.expected.map((one) => one !== undefined) },
      learn: (report) => void this.#learn(set, tracks, list, report, wants?.expected).finally(answered),
    };
  }

  /** @returns ends it */
  #begin(): () => void {
    let end = (): void => undefined;
    const open = new Promise<void>((resolve) => (end = resolve));
    this.#open.add(open);
    return () => {
      this.#open.delete(open);
      end();
    };
  }

  #tooSmall({ width, height }: LineUpSet['layout']): undefined {
    if (this.#asksForIt) this.#teller.notify(`Pictures of ${width}x${height} are too small to be lined up: they are taken as they are. At least ${LEAST_SIDE} pixels a side are needed.`);
    this.#asksForIt = false;
  }

  #tracksOf(set: LineUpSet): Tracks {
    const { names, reference, missing, layout: { width, height } } = set;
    const own = names[reference] ?? '';
    if (missing.length === 0) this.#usual = own;
    let tracks = this.#references.get(own);
    const rig = this.#byRig(set, tracks);
    const begin = rig ?? (tracks || missing.length === 0 ? undefined : this.#byWayOfUsual(names, reference));
    if (!tracks) this.#references.set(own, (tracks = { by: new Map(), looked: undefined, searched: undefined, looks: 0, begun: false }));
    for (const [exposure, name] of names.entries()) {
      if (exposure === reference || tracks.by.has(name)) continue;
      tracks.by.set(name, new BranchTrack(width, height, begin && { map: begin[exposure]?.homography, rig: rig !== undefined }));
    }
    if (rig) this.#teller.tell(set, names.map((name) => tracks.by.get(name)));
    return tracks;
  }

  /** What a rig says, where exposures are met for the first time. */
  #byRig({ names, reference, missing, layout }: LineUpSet, tracks: Tracks | undefined): readonly (Motion | undefined)[] | undefined {
    if (names.every((name, exposure) => exposure === reference || tracks?.by.has(name))) return undefined;
    const motions = this.#rig?.motionsFor({ names, missing, layout });
    return motions && (motionsOf(motions, names, reference) ?? []);
  }

  /** What the motions against the usual reference, which this set lacks, say of those against another. */
  #byWayOfUsual(names: readonly string[], reference: number): readonly (Motion | undefined)[] | undefined {
    const usual = this.#references.get(this.#usual ?? '');
    if (!usual || names.some((name) => usual.by.get(name)?.state !== 'held')) return undefined;
    const motions = new Map([...usual.by].flatMap(([name, { map }]) => (map ? [[name, { homography: map }]] : [])));
    return motionsOf(motions, names, reference) ?? [];
  }

  /** What the thread is to be asked of this set: by exposure where it is expected, `null` where it is to be searched. */
  #wants({ time }: LineUpSet, tracks: Tracks, list: readonly (BranchTrack | undefined)[]): { readonly expected: (Homography | null | undefined)[]; readonly search: boolean } | undefined {
    const { begun } = tracks;
    tracks.begun = true;
    if (!begun || this.#asked || !this.#thread.free) return undefined;
    const doubtful = list.some((track) => track?.doubtful);
    const look = doubtful || isDue(time, tracks.looked, pauseAfter(tracks.looks));
    const expected = list.map((track) => {
      if (track?.state === 'held') return look ? track.expected : undefined;
      return track?.state === 'unknown' && isDue(time, tracks.searched, BigInt(track.pause * 1e9)) ? null : undefined;
    });
    if (expected.every((one) => one === undefined)) return undefined;
    const search = expected.includes(null);
    this.#asked = true;
    if (search) tracks.searched = time;
    if (look) [tracks.looked, tracks.looks] = [time, tracks.looks + 1];
    return { expected, search };
  }

  async #learn(set: LineUpSet, tracks: Tracks, list: readonly (BranchTrack | undefined)[], report: FusionReport | undefined, expected?: readonly (Homography | null | undefined)[]): Promise<void> {
    const tell = (): void => this.#teller.tell(set, list);
    const stays = !set.oneCamera || this.#rig !== undefined;
    for (const [exposure, sight] of (report?.sights ?? []).entries()) if (sight) list[exposure]?.followed(sight, stays);
    if (report?.sights) tell();
    if (!expected) return;
    const planes = report?.aside;
    if (!planes) {
      this.#asked = false;
      return;
    }
    const answer = await this.#thread.ask({ planes, reference: set.reference, expected: expected.map((one) => one ?? undefined) });
    this.#asked = false;
    // It died of it, or was closed.
    if (!answer) return;
    this.#take(answer, tracks, list, expected, stays);
    tell();
  }

  #take(answer: AlignAnswer, tracks: Tracks, list: readonly (BranchTrack | undefined)[], expected: readonly (Homography | null | undefined)[], stays: boolean): void {
    const before = list.map((track) => track?.expected);
    for (const [exposure, track] of list.entries()) {
      const [motion, sight, was] = [answer.motions[exposure], answer.sights[exposure], expected[exposure]];
      if (motion) track?.searched(motion, stays);
      if (sight && was) track?.looked(sight, was);
    }
    // What has just changed is looked at more often.
    if (list.some((track, exposure) => track?.expected !== before[exposure])) tracks.looks = 0;
  }
}

const pauseAfter = (looks: number): Nanoseconds => LOOKS.find(({ before }) => looks < before)?.pause ?? 0n;

/** A clock that was set back says that it is. */
const isDue = (now: Nanoseconds, last: Nanoseconds | undefined, pause: Nanoseconds): boolean => last === undefined || now - last >= pause || now < last;
