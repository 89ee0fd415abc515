/** What exposures are to the reference, and in which order the sum takes them. */

/** As kernels/assembly/hdr-merge.ts has them. */
export const KINDS = { reference: 0, brighter: 1, darker: 2, darkest: 3 };

export function kindOf(index: number, reference: number): number {
  if (index === reference) return KINDS.reference;
  if (index > reference) return KINDS.brighter;
  return index === 0 ? KINDS.darkest : KINDS.darker;
}

/** Of exposures from dark to bright: the reference first, and the darkest last. */
export function mergeOrder(exposures: number, reference: number): number[] {
  return Array.from({ length: exposures }, (_, index) => index).sort((a, b) => kindOf(a, reference) - kindOf(b, reference));
}
