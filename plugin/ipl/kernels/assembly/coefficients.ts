// Coefficient rows: float32 [K][6][channelStride], the reference first. Column 0 repeats the first map column and column mapWidth + 1 the
// last, so that pixels outside the outermost map columns need no case of their own: they lie between two equal columns.

import { channelStride, exposures, mapWidth, span } from './settings';

const LOG2_E: f32 = 1.4426950408889634;

/**
 * Makes one map row, whose coefficients the wrapper put at columns 1..mapWidth, ready for `blendLumaRows`, in place:
 *
 * - The reference's logit is a polynomial of Yr alone, and a softmax does not change when the same number is taken off
 *   every logit. So it is taken off the others, which leaves K-1 logits to evaluate.
 * - Luma stays in codes (0..span) and the softmax uses powers of two; both factors go into the coefficients.
 */
export function prepareCoefficients(row: usize): void {
  const channel = (<usize>channelStride) << 2;
  const linear: f32 = LOG2_E / <f32>span;
  const square: f32 = linear / <f32>span;
  for (let column: usize = 4, end = (<usize>mapWidth + 1) << 2; column < end; column += 4) {
    const at = row + column;
    const r0 = load<f32>(at);
    const r1 = load<f32>(at + channel) + load<f32>(at + 2 * channel);
    const r2 = load<f32>(at + 3 * channel) + load<f32>(at + 4 * channel) + load<f32>(at + 5 * channel);
    for (let k = 1, c = at + 6 * channel; k < exposures; k++, c += 6 * channel) {
      store<f32>(c, (load<f32>(c) - r0) * LOG2_E);
      store<f32>(c + channel, load<f32>(c + channel) * linear);
      store<f32>(c + 2 * channel, (load<f32>(c + 2 * channel) - r1) * linear);
      store<f32>(c + 3 * channel, load<f32>(c + 3 * channel) * square);
      store<f32>(c + 4 * channel, load<f32>(c + 4 * channel) * square);
      store<f32>(c + 5 * channel, (load<f32>(c + 5 * channel) - r2) * square);
    }
  }
  for (let i = 0, c = row, last = (<usize>mapWidth) << 2; i < exposures * 6; i++, c += channel) {
    store<f32>(c, load<f32>(c + 4));
    store<f32>(c + last + 4, load<f32>(c + last));
  }
}

/** The coefficients of one pixel row: `upper` + `fraction` * (`lower` - `upper`), a whole coefficient row at a time. */
export function interpolateCoefficients(out: usize, upper: usize, lower: usize, fraction: f32): void {
  const f = f32x4.splat(fraction);
  const bytes = (<usize>(exposures * 6 * channelStride)) << 2;
  for (let i: usize = 0; i < bytes; i += 16) {
    const a = v128.load(upper + i);
    const b = v128.load(lower + i);
    v128.store(out + i, f32x4.add(a, f32x4.mul(f32x4.sub(b, a), f)));
  }
}
