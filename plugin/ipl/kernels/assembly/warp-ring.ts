// The source rows of the plane that is warped.

/** A row of the ring has so many bytes before its first sample, and as many and more after the last: they repeat it. */
export const MARGIN: i32 = 32;

export let ring: usize = 0;
export let ringStride: usize = 0;
export let ringMask: i32 = 0;
export let samples: i32 = 0;
export let lastRow: i32 = 0;

/**
 * Source rows of the plane that is warped: row y at `ring_` + (y mod `ringRows`) `ringStride_`, where `ringRows` is a power
 * of two. The plane has `samples_` samples a row (of two bytes where Cb and Cr take turns), and `rows` rows.
 */
export function openRing(ring_: usize, ringStride_: usize, ringRows: i32, samples_: i32, rows: i32): void {
  ring = ring_;
  ringStride = ringStride_;
  ringMask = ringRows - 1;
  samples = samples_;
  lastRow = rows - 1;
}

/** Repeats the first and the last sample of source row `y` in its margins. `size`: bytes of a sample. */
export function closeRow(y: i32, size: i32): void {
  const row = ring + <usize>(y & ringMask) * ringStride + MARGIN;
  const end = row + <usize>(samples * size);
  for (let i: usize = 0; i < <usize>MARGIN; i += size) {
    if (size == 1) {
      store<u8>(row - MARGIN + i, load<u8>(row));
      store<u8>(end + i, load<u8>(end - 1));
    } else {
      store<u16>(row - MARGIN + i, load<u16>(row));
      store<u16>(end + i, load<u16>(end - 2));
    }
  }
}

