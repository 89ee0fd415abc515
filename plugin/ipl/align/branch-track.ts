/**
 * How one exposure of a stream lies on its reference, from picture to picture.
 *
 * - `unknown`: it is searched for, at first at once, then ever more rarely; it is taken as it is.
 * - `held`: a motion, or none, that stays as it is to the last digit, so that a rig does not jitter. It is looked at now and then. The
 *   mean of what is seen takes its place where that is surely elsewhere; a camera that was knocked is followed at once.
 * - `followed`: looked at in each picture, from where it was in the one before, until it has come to rest. Several cameras rest where
 *   they are; what one camera takes in turns rests where it coincides, as any other motion is the camera's own and goes with it.
 *
 * What a rig says (`rig/`) is held from the beginning, and what is found so near to it that nobody would call the camera knocked is
 * taken for it: it was found in many, larger pictures. Farther away it is left as any other motion is.
 *
 * What says nothing (a dark scene, a wall) changes nothing of what is held. What disagrees costs the motion, and is searched for.
 */
import { IDENTITY, type Homography } from '../kernels/homography';
import type { Reason } from './evidence';
import type { Motion } from './find-motion';
import type { Sight } from './follow-motion';
import { errorOf, farthest, meanOf, nearOf, NOWHERE, placesOf, snapped, type Places } from './places';

export type TrackState = 'unknown' | 'held' | 'followed';

/** In units of what nobody sees (`nearOf`): what a mean has to be off to take the place of what is held; more than what is taken for whole pixels, or it would come and go. */
const OFF = 1.35;
/** What one sight has to be off, so that the camera was knocked. */
const KNOCKED = 6;
/** Of a rig it takes so much more, and so many sights in a row: of a small, noisy picture one in five may be off by pixels at a corner that shows little. */
const FIRMER = 2;
const RIG_KNOCKS = 3;
/** Within which sights of a camera at rest lie: they are of smaller pictures. */
const AT_REST = 4;
/** And in standard deviations, of sights and of means; and the standard errors by which pictures must agree more there. */
const SURELY = 5;
const SURE_MEAN = 3;
/** Sights that make a mean, and that it is made of at most. */
const FEWEST = 8;
const MOST = 32;
/** Sights in a row that say that a camera rests. */
const REST = 4;
/** Sights in a row without a trace, and what is held is given up. */
const FAILURES = 2;
/** Share of the usual correlation, below which something else is seen. */
const LIKE = 0.6;
/** Seconds to the next search, which grows with those in vain: a search costs as much as several fusions. */
const FIRST_PAUSE = 0.25;
const LONGEST_PAUSE = 16;

export class BranchTrack {
  readonly #width: number;
  readonly #height: number;
  readonly #near: number;
  #state: TrackState = 'unknown';
  #map: Homography | undefined;
  #places: Places = NOWHERE;
  #reason: Reason | undefined;
  #recent: Places[] = [];
  #failures = 0;
  /** Sights in a row that say that the rig was knocked. */
  #knocks = 0;
  #vain = 0;
  #usual = 0;
  /** Where a rig says that it lies. */
  readonly #home: Places | undefined;

  /** @param begin a motion that is held from the beginning: of a reference that takes the place of another, or a rig's */
  constructor(width: number, height: number, begin?: { readonly map: Homography | undefined; readonly rig?: boolean }) {
    [this.#width, this.#height] = [width, height];
    this.#near = nearOf(width, height);
    if (begin) this.#hold(placesOf(begin.map ?? IDENTITY, width, height));
    if (begin?.rig) this.#home = this.#places;
  }

  get state(): TrackState {
    return this.#state;
  }

  /** What is to be done with the exposure; followed, where it is expected. Undefined: it is taken as it is. */
  get map(): Homography | undefined {
    return this.#map;
  }

  /** Where it is looked for. */
  get expected(): Homography {
    return this.#map ?? IDENTITY;
  }

  /** Why it is taken as it is, where it is not known to line up. */
  get reason(): Reason | undefined {
    return this.#reason;
  }

  /** Correlation of its texture with the reference's, 0..1; 0 while nothing is known. */
  get confidence(): number {
    return this.#state === 'unknown' ? 0 : this.#usual;
  }

  /** Pixels by which its corners are moved at most. */
  get pixels(): number {
    return this.#map ? farthest(placesOf(this.#map, this.#width, this.#height), NOWHERE) : 0;
  }

  /** Pixels by which it rests elsewhere than a rig says, 0 where that is less than can be told; undefined without a rig, and while it does not rest. */
  get astray(): number | undefined {
    if (!this.#home || this.#state !== 'held') return undefined;
    const apart = farthest(this.#places, this.#home);
    return apart > KNOCKED * this.#near ? apart : 0;
  }

  /** Whether what is held was not seen there the last time: it wants to be looked at again. */
  get doubtful(): boolean {
    return this.#state === 'held' && this.#failures + this.#knocks > 0;
  }

  /** Seconds from the last search to the next. */
  get pause(): number {
    return this.#vain === 0 ? 0 : Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (this.#vain - 1));
  }

  /** What a search has found. @param stays whether several cameras, that may rest anywhere, are lined up */
  searched({ map, reason, agreement, deviation }: Motion, stays: boolean): void {
    if (this.#state !== 'unknown') return;
    this.#usual = map ? agreement.linedUp : agreement.asIs;
    if (map) return stays ? this.#hold(this.#orHome(placesOf(map, this.#width, this.#height), deviation)) : this.#follow(map);
    if (reason === 'lines up') return this.#hold(NOWHERE);
    this.#vain += 1;
    this.#reason = reason;
  }

  /** What cannot be told from where the rig says is that. Errors that sights have in common are as large as those that differ. */
  #orHome(places: Places, deviation: number): Places {
    const told = KNOCKED * this.#near * Math.min(FIRMER, Math.max(1, (SURELY * deviation) / (KNOCKED * this.#near)));
    return this.#home && farthest(places, this.#home) <= told ? this.#home : places;
  }

  /** What was seen of a motion that is held. @param expected as it was when it was asked for */
  looked(sight: Sight, expected: Homography): void {
    if (this.#state !== 'held' || !isSame(expected, this.expected)) return;
    if (sight.kind === 'nothing') return;
    if (this.#isLost(sight) || sight.kind === 'lost') {
      this.#failures += 1;
      if (this.#failures >= FAILURES) this.#forget(0);
      return;
    }
    const places = placesOf(sight.map, this.#width, this.#height);
    if (farthest(places, this.#places) > Math.max((this.#home ? FIRMER : 1) * KNOCKED * this.#near, SURELY * sight.deviation)) {
      this.#knocks += 1;
      if (this.#home && this.#knocks < RIG_KNOCKS) return;
      // One that came back to where it coincides agrees no more than as it is.
      if (sight.agreement.certainty > SURELY || this.#map) this.#follow(sight.map);
      return;
    }
    this.#remember(sight, places, MOST);
    this.#improve(sight.deviation);
  }

  /** What was seen of a motion that is followed. @param stays whether several cameras, that may rest anywhere, are lined up */
  followed(sight: Sight, stays: boolean): void {
    if (this.#state !== 'followed') return;
    const places = sight.kind === 'seen' ? placesOf(sight.map, this.#width, this.#height) : NOWHERE;
    const rest = sight.kind === 'seen' ? Math.max(AT_REST * this.#near, SURELY * sight.deviation) / 2 : 0;
    if (sight.kind !== 'seen' || this.#isLost(sight) || (!sight.helps && farthest(places, NOWHERE) > rest)) {
      this.#failures += 1;
      // What is found and lost again and again is found ever more rarely.
      if (this.#failures >= FAILURES) this.#forget(this.#vain + 1);
      return;
    }
    [this.#map, this.#places] = [sight.map, places];
    this.#remember(sight, places, REST);
    if (this.#recent.length < REST) return;
    this.#vain = 0;
    const mean = meanOf(this.#recent);
    if (this.#recent.some((one) => farthest(one, mean) > rest)) return;
    if (stays) this.#hold(this.#orHome(mean, sight.deviation));
    else if (farthest(mean, NOWHERE) < rest) this.#hold(NOWHERE);
  }

  #isLost(sight: Sight): boolean {
    return sight.kind === 'seen' && sight.agreement.linedUp < LIKE * this.#usual;
  }

  #remember({ agreement }: Sight & { kind: 'seen' }, places: Places, most: number): void {
    [this.#failures, this.#knocks] = [0, 0];
    // Nothing was compared yet where a motion was held from the beginning.
    this.#usual += (agreement.linedUp - this.#usual) / (this.#usual === 0 ? 1 : 8);
    this.#recent = [...this.#recent, places].slice(-most);
  }

  /** The mean takes the place of what is held, where it is surely elsewhere. */
  #improve(deviation: number): void {
    if (this.#recent.length < FEWEST) return;
    const mean = this.#orHome(meanOf(this.#recent), deviation);
    if (farthest(mean, this.#places) <= Math.max(OFF * this.#near, SURE_MEAN * errorOf(this.#recent, mean))) return;
    const recent = this.#recent;
    this.#hold(mean);
    this.#recent = recent;
  }

  #hold(places: Places): void {
    const map = snapped(places, this.#near, this.#width, this.#height);
    // What is held is what is done: sights are compared with that.
    this.#begin('held', map, map ? placesOf(map, this.#width, this.#height) : NOWHERE);
    this.#vain = 0;
  }

  #follow(map: Homography): void {
    this.#begin('followed', map, placesOf(map, this.#width, this.#height));
  }

  #forget(vain: number): void {
    this.#begin('unknown', undefined, NOWHERE);
    this.#vain = vain;
    this.#reason = 'no gain';
  }

  #begin(state: TrackState, map: Homography | undefined, places: Places): void {
    [this.#state, this.#map, this.#places, this.#reason] = [state, map, places, undefined];
    [this.#recent, this.#failures, this.#knocks] = [[], 0, 0];
  }
}

const isSame = (a: Homography, b: Homography): boolean => a.every((value, at) => value === b[at]);
