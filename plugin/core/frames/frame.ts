/** What flows between stages. */
import type { FlowControl } from '../queue/flow-control';
import type { Nanoseconds } from '../time';
import type { VideoCaps } from './video-caps';

/** How much each exposure gave to the parts of a fused picture, on a coarse grid. */
export interface WeightMap {
  readonly columns: number;
  readonly rows: number;
  /** Names of the branches, in the order of the values. */
  readonly exposures: readonly string[];
  /** One plane after the other, each row by row: 255 where the exposure gave all. The planes of a cell sum to about 255. */
  readonly values: Uint8Array;
}

/** How the exposures of a fused picture were lined up with its reference. */
export interface LineUpView {
  /** Pixels of an exposure. */
  readonly width: number;
  readonly height: number;
  /** What the picture shows of the reference: all, where it was not cut. */
  readonly area: { readonly left: number; readonly top: number; readonly width: number; readonly height: number };
  /** The branch that the others were lined up with. */
  readonly reference: string;
  /** By exposure: its branch, and where it was moved, nine numbers, row by row: pixels of the reference -> pixels of the exposure. */
  readonly exposures: readonly { readonly name: string; readonly homography?: readonly number[] | undefined }[];
}

/** One picture. Its fields never change; its payload belongs to whoever receives it, unless `shared` says otherwise. */
export interface Frame {
  readonly kind: 'frame';
  /** Raw planes as `caps.layout` says. */
  readonly payload: Uint8Array;
  readonly caps: VideoCaps;
  /** When the picture is due, in nanoseconds of running time of the source pipeline. */
  readonly runningTime: Nanoseconds;
  /** How long it lasts; undefined where the source did not say. */
  readonly duration: Nanoseconds | undefined;
  /** True when several nodes received this very payload: read it, copy it, but do not write to it or transfer it. */
  readonly shared: boolean;
  /** The taps that a full queue turns off. A stage that makes frames of its own passes on those of its input. */
  readonly origins: readonly FlowControl[];
  /** Fused pictures, where the stage that made them was asked for it. */
  readonly weightMap?: WeightMap | undefined;
  /** Fused pictures whose exposures were to be lined up. */
  readonly lineUp?: LineUpView | undefined;
}

/** Frames of one instant, one of every branch, in the order in which the branches were given. */
export interface ExposureSet {
  readonly kind: 'exposures';
  readonly frames: readonly Frame[];
  /** Names of the branches, in the same order. */
  readonly branches: readonly string[];
  /** Branches that sets of this stream also have, but not this one: they gave no frame for it. */
  readonly missing?: readonly string[];
  /** The branch whose time and geometry the fused picture must have; without it the fusion chooses. */
  readonly reference?: string;
  readonly origins: readonly FlowControl[];
}

export type Item = Frame | ExposureSet;

/**
 * A new frame with some fields of an old one changed; time, caps and origins pass on by default. A payload that is parked
 * (parking.ts) stays so, where `{ ...frame }` would fetch it.
 */
export function deriveFrame(frame: Frame, changes: Partial<Omit<Frame, 'kind'>>): Frame {
  const fields = { ...Object.getOwnPropertyDescriptors(frame), ...Object.getOwnPropertyDescriptors(changes) };
  return Object.defineProperties({}, fields) as Frame;
}

/** The payload as this stage's own: the same bytes where it owns them already, a copy where they are shared. */
export function ownPayload(frame: Frame): Uint8Array {
  return frame.shared ? new Uint8Array(frame.payload) : frame.payload;
}
