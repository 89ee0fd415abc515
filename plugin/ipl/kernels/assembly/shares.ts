// How much of what the exposures on either side of the reference show is brought in. At 1 nothing of it is worked out: the
// callers have a code of their own for that, which costs nothing.

/** Whether there is a share below 1. */
export let shared: bool = false;

/** Of an exposure's weight, four times; in the order of the blend, without the reference. */
export const weightShares = memory.data(4 * 16, 16);

/** Of what a tone curve adds, and takes away, what is left out: in units of 2^-15. */
export let missingBrighter: i16 = 0;
export let missingDarker: i16 = 0;

/** `before`: how many exposures are darker than the reference; the blend has them first. */
export function setShares(darker: f32, brighter: f32, before: i32): void {
  shared = darker < 1 || brighter < 1;
  for (let k = 0; k < 4; k++) v128.store(weightShares + (<usize>k << 4), f32x4.splat(k < before ? darker : brighter));
  missingDarker = missing(darker);
  missingBrighter = missing(brighter);
}

/** 1 is beyond 16 bits: what is then left is less than a hundredth of a code. */
// @ts-ignore: decorator
@inline
function missing(share: f32): i16 {
  return <i16>min(<f32>32767, (1 - share) * <f32>32768);
}
