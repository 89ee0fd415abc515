/** How much of what the exposures on either side of the reference show is brought into the picture (Rule in models/train/network/rule.py). */
export interface Shares {
  /** Of exposures darker than the reference: 1 as the network says, 0 nothing. */
  readonly darker: number;
  /** Of brighter ones. */
  readonly brighter: number;
}

export const ALL: Shares = { darker: 1, brighter: 1 };

/** Of an exposure's weight; of the reference's there is none: it has what the others leave. */
export function shareOf({ darker, brighter }: Shares, exposure: number, reference: number): number {
  return exposure < reference ? darker : brighter;
}

export function checkShares({ darker, brighter }: Shares): void {
  for (const share of [darker, brighter]) if (!(share >= 0 && share <= 1)) throw new RangeError(`A share must be 0..1, not ${share}.`);
}
