/** One instance of the kernels with its memory laid out. */
import type { KernelGeometry, MemoryPlan } from './memory-plan';
import type { KernelExports } from './wasm';

export interface Workspace {
  readonly wasm: KernelExports;
  readonly geometry: KernelGeometry;
  readonly plan: MemoryPlan;
  /** The exposures in the order in which the blend has them: the reference first. */
  readonly order: readonly number[];
  /** The whole memory as bytes and as float32. */
  readonly bytes: Uint8Array;
  readonly floats: Float32Array;
}

/** Refuses frames that are too few, too many or too short for the layout. */
export function checkFrames({ geometry }: Workspace, frames: readonly Uint8Array[]): void {
  if (frames.length !== geometry.exposures) {
    throw new RangeError(`${geometry.exposures} frames are needed, not ${frames.length}.`);
  }
  for (const frame of frames) checkLength(frame, geometry.layout.size, 'A frame');
}

export function checkLength(array: { readonly length: number }, needed: number, what: string): void {
  if (array.length < needed) throw new RangeError(`${what} has ${array.length} elements; ${needed} are needed.`);
}
