/** Looks at exposure sets, and finds how the cameras of a rig lie: each picture for itself, by a thread of its own. */
import type { ExposureSet, Frame } from '../core/frames/frame';
import { GstIplError } from '../core/errors';
import { releaseFrame } from '../core/frames/release';
import type { Nanoseconds } from '../core/time';
import { SEARCHED, type Reason } from '../ipl/align';
import { NOWHERE, placesOf, type Places } from '../ipl/align/places';
import { orderExposures, type OrderSettings } from '../ipl/exposure-order';
import { LumaReducer, reductionTo, type ReducedLuma } from '../ipl/kernels';
import { AlignThread } from '../ipl/pool/align-thread';
import { Samples } from './samples';

/** What was found of one branch, picture by picture. */
export interface Found {
  readonly places: readonly Places[];
  /** Of pictures in which nothing was found. */
  readonly reasons: readonly Reason[];
}

/** All that was seen. */
export interface Seen {
  readonly width: number;
  readonly height: number;
  readonly reference: string;
  readonly pictures: number;
  /** By branch; the reference is none of them. */
  readonly found: ReadonlyMap<string, Found>;
  /** Some instants, for what is measured afterwards: small luma by branch, and of the last all luma. */
  readonly samples: readonly ReadonlyMap<string, ReducedLuma>[];
  readonly last: ReadonlyMap<string, Frame>;
}

export interface CalibrationSettings extends OrderSettings {
  readonly seconds: number;
}

/** Nanoseconds of running time from one picture to the next: neighbours show the same, noise apart, and a search takes a third of a second an exposure. */
const PAUSE = 500_000_000n;
/** Pictures that make a rig: of three one that is off is outvoted, of fewer nobody knows which it is, nor how firmly the cameras stand. */
export const LEAST_PICTURES = 3;

export class Calibration {
  readonly #settings: CalibrationSettings;
  readonly #thread: AlignThread;
  readonly #found = new Map<string, { places: Places[]; reasons: Reason[] }>();
  readonly #samples = new Samples<ReadonlyMap<string, ReducedLuma>>();
  #reducer: LumaReducer | undefined;
  #begin: Nanoseconds | undefined;
  #taken: Nanoseconds | undefined;
  #reference: string | undefined;
  #size: { readonly width: number; readonly height: number } | undefined;
  #last: ReadonlyMap<string, Frame> = new Map();
  #pictures = 0;

  constructor(settings: CalibrationSettings, warn: (message: string) => void) {
    this.#settings = settings;
    this.#thread = new AlignThread(warn);
  }

  async start(): Promise<void> {
    this.#reducer = await LumaReducer.load();
  }

  close(): Promise<void> {
    return this.#thread.close();
  }

  /** Whether enough was seen before this set. */
  isOver({ frames }: ExposureSet): boolean {
    const time = frames[0]?.runningTime ?? 0n;
    this.#begin ??= time;
    return time - this.#begin > BigInt(Math.round(this.#settings.seconds * 1e9));
  }

  /** Whether this set is to be looked at: whole ones, now and then. */
  wants({ frames, missing = [] }: ExposureSet): boolean {
    const time = frames[0]?.runningTime ?? 0n;
    if (missing.length > 0 || (this.#taken !== undefined && time - this.#taken < PAUSE)) return false;
    this.#taken = time;
    return true;
  }

  /** @throws GstIplError `bad-exposures` where the pictures change their size meanwhile */
  async look(set: ExposureSet): Promise<void> {
    const reducer = this.#reducer;
    if (!reducer) throw new Error('A calibration has to be started.');
    const reference = (this.#reference ??= referenceOf(set, this.#settings));
    this.#checkSize(set);
    const planes = set.frames.map((frame) => reducedLuma(reducer, frame));
    this.#samples.add(() => new Map(planes.map((plane, index) => [set.branches[index] ?? '', copyOf(plane)])));
    for (const frame of this.#last.values()) releaseFrame(frame);
    this.#last = new Map(set.frames.map((frame, index) => [set.branches[index] ?? '', frame]));
    const answer = await this.#thread.ask({ planes, reference: set.branches.indexOf(reference), expected: planes.map(() => undefined) });
    if (!answer) return;
    this.#pictures += 1;
    const { width, height } = set.frames[0]?.caps ?? { width: 0, height: 0 };
    for (const [index, motion] of answer.motions.entries()) {
      const branch = set.branches[index] ?? '';
      if (!motion || branch === reference) continue;
      const found = this.#found.get(branch) ?? { places: [], reasons: [] };
      this.#found.set(branch, found);
      if (motion.map) found.places.push(placesOf(motion.map, width, height));
      else if (motion.reason === 'lines up') found.places.push(NOWHERE);
      else found.reasons.push(motion.reason ?? 'no gain');
    }
  }

  /** @throws GstIplError `no-pictures` where there were none, or too few */
  seen(): Seen {
    if (!this.#size || this.#reference === undefined || this.#pictures === 0) {
      throw new GstIplError('no-pictures', 'There was no whole set of exposures to calibrate by.', { hint: 'Do all cameras give pictures, and at the same time? `gst-ipl run GRAPH --stats` shows it.' });
    }
    if (this.#pictures < LEAST_PICTURES) {
      const came = this.#pictures === 1 ? 'one whole set of exposures was' : `${this.#pictures} whole sets of exposures were`;
      throw new GstIplError('no-pictures', `Only ${came} looked at: a rig needs ${LEAST_PICTURES} pictures at least, half a second apart.`, { hint: 'Let the cameras run for longer, or give longer films: 20 s (the default of --seconds) are 40 pictures.' });
    }
    return { ...this.#size, reference: this.#reference, pictures: this.#pictures, found: this.#found, samples: this.#samples.all, last: this.#last };
  }

  #checkSize({ frames }: ExposureSet): void {
    const { width, height } = frames[0]?.caps ?? { width: 0, height: 0 };
    this.#size ??= { width, height };
    if (this.#size.width === width && this.#size.height === height) return;
    throw new GstIplError('bad-exposures', `The pictures changed from ${this.#size.width}x${this.#size.height} to ${width}x${height} while they were looked at.`, {
      hint: 'Give the sources one size: `size: 1920x1080`.',
    });
  }
}

function referenceOf(set: ExposureSet, settings: OrderSettings): string {
  const { referenceBranch } = orderExposures(set, settings);
  if (referenceBranch === undefined || !set.branches.includes(referenceBranch)) throw new GstIplError('bad-exposures', `There is no reference exposure in ${set.branches.join(', ')}.`);
  return referenceBranch;
}

function reducedLuma(reducer: LumaReducer, { payload, caps }: Frame): ReducedLuma {
  const [luma] = caps.layout.planes;
  if (!luma) throw new RangeError('A picture has a plane of luma.');
  const { offset, width, height, stride } = luma;
  return reducer.reduce({ data: payload.subarray(offset), width, height, stride, range: caps.range }, reductionTo(SEARCHED, width, height));
}

/** The thread takes the planes that it is given. */
const copyOf = (plane: ReducedLuma): ReducedLuma => ({ ...plane, luma: plane.luma.slice(), valid: plane.valid.slice() });
