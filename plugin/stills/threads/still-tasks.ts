/** What threads do with photographs. All payloads are in shared memory: no two threads have the same rows in hand. */
import type { PlaneLayout } from '../../core/frames/video-layout';
import type { MergeLightTask } from '../hdr/light-merge';
import type { LinedUp } from '../../ipl/engine/fusion-task';
import type { Cover, Reach, ReducedLuma, Shares } from '../../ipl/kernels';
import type { Found, MeasuredRows, WindowTask } from './window-tasks';

/** Planes of one picture. */
export interface Planes {
  readonly layout: PlaneLayout;
  readonly payload: Uint8Array;
}

/** One exposure's planes: of 8 bits, and, where more are fused, of 16. */
export interface ExposurePlanes {
  readonly eight: Planes;
  readonly deep: Planes | undefined;
}

/** Finds how an exposure must be moved to lie on the reference, and moves it. */
export interface LineUpTask {
  readonly kind: 'line up';
  readonly reference: ExposurePlanes;
  readonly exposure: ExposurePlanes;
  readonly block: number;
}

/** Blends rows, over the reference's. */
export interface BlendTask {
  readonly kind: 'blend';
  readonly layout: PlaneLayout;
  readonly payloads: readonly Uint8Array[];
  readonly reference: number;
  readonly block: number;
  /** [K, coefficients, coefficientRows, columns] */
  readonly coefficients: Float32Array;
  readonly coefficientRows: number;
  readonly saturation: number;
  readonly shares: Shares;
  readonly covers: readonly (Cover | undefined)[];
  /** The first even, and the one after the last even or the height. */
  readonly rows: readonly [number, number];
}

/** Reduces the noise of one plane of the fused picture. */
export interface SmoothTask {
  readonly kind: 'smooth';
  readonly layout: PlaneLayout;
  readonly fused: Uint8Array;
  readonly exposures: number;
  readonly reference: number;
  readonly block: number;
  readonly plane: number;
  /** One for each pass. */
  readonly reaches: readonly Reach[];
}

export type StillTask = LineUpTask | BlendTask | SmoothTask | WindowTask | MergeLightTask;

export interface LinedUpExposure {
  readonly linedUp: LinedUp;
  readonly cover: Cover | undefined;
}

interface Results {
  readonly 'line up': LinedUpExposure;
  readonly reduce: ReducedLuma;
  readonly find: Found;
  readonly measure: MeasuredRows;
}

/** What a task gives, by its kind: of most nothing, as it changes what it was given. */
export type ResultOf<K extends StillTask['kind']> = K extends keyof Results ? Results[K] : undefined;

export type StillResult = Results[keyof Results] | undefined;

export interface StillThreadSettings {
  /** Compiled. */
  readonly kernels: object;
}

export interface Request {
  readonly id: number;
  readonly task: StillTask;
}

export type Reply = { readonly id: number; readonly result: StillResult } | { readonly id: number; readonly error: string };
