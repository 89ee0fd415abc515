/** What is done to the cameras, and how soon all three exposures must be in a set again after it is over. */
import type { Camera } from './cameras';

export interface FaultKind {
  readonly name: string;
  /** Resolves when the fault is over. */
  inflict(camera: Camera, random: () => number): Promise<void>;
  /**
   * Seconds, from the end of the fault. A source counts as silent after 2 s here, its pauses are at most 2 s, a decoder
   * waits a second for a key frame, the first sender report comes within 3 s and counts a second later, and a camera of the
   * soak takes a second or two to start.
   */
  readonly recoverySeconds: number;
}

export const FAULTS: readonly FaultKind[] = [
  { name: 'kill', inflict: (camera) => camera.dieFor(3_000), recoverySeconds: 15 },
  { name: 'stall', inflict: (camera) => camera.stallFor(4_000), recoverySeconds: 12 },
  { name: 'late', inflict: (camera) => camera.lagFor(5_000, 1_000), recoverySeconds: 15 },
  { name: 'resize', inflict: (camera) => camera.resizeFor(5_000), recoverySeconds: 15 },
  { name: 'garbage', inflict: (camera, random) => camera.garbageFor(3_000, random), recoverySeconds: 12 },
];

/** The same faults in the same order for the same seed (Park and Miller's generator). */
export function seeded(seed: number): () => number {
  let state = seed % 2147483647 || 1;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}
