// Chroma statistics of one row of map blocks.

import { bytesBetween, distance, totalOfWords } from './reduce';
import { STATISTICS } from './rule.generated';
import { chromaSpan, exposures, mapWidth } from './settings';

/**
 * Writes channels 11 (mean |Cb - 128| + |Cr - 128|), 12 (mean |Cb_k - Cb_r| + |Cr_k - Cr_r|), 13 and 14 (mean Cb - 128 and
 * Cr - 128) of float32 [K][15][mapWidth].
 *
 * - `reference`: index of the reference exposure.
 * - `samples`: rows of codes of the first exposure, `rowStride` bytes apart, `exposureStride` bytes on those of the next.
 * - `planes`: 2 where Cb and Cr have rows of their own, `planeStride` bytes apart; 1 where they take turns in a row.
 * - `rows`: sampled rows inside the picture, at most 8. `bytes`: of such a row. `side`: bytes of a block in it, up to 16.
 */
export function chromaStatistics(
  reference: i32, samples: usize, rowStride: usize, planeStride: usize, exposureStride: usize,
  planes: i32, rows: i32, bytes: i32, side: i32, out: usize,
): void {
  const channel = (<usize>mapWidth) << 2;
  const ofReference = samples + <usize>reference * exposureStride;
  const grey = i8x16.splat(-128);
  const low = i16x8.splat(0xff);
  for (let k = 0; k < exposures; k++, samples += exposureStride, out += STATISTICS * channel) {
    for (let column = 0; column < mapWidth; column++) {
      const x = <usize>(column * side);
      const columns = min(side, bytes - column * side);
      const inside = bytesBetween(0, columns);
      // A lane adds at most 2 planes x 8 rows x 2 bytes of 255.
      let colour = i16x8.splat(0);
      let shift = i16x8.splat(0);
      let blue = i16x8.splat(0);
      let red = i16x8.splat(0);
      for (let p = 0; p < planes; p++) {
        let own = samples + <usize>p * planeStride + x;
        let ref = ofReference + <usize>p * planeStride + x;
        for (let row = 0; row < rows; row++, own += rowStride, ref += rowStride) {
          const codes = v128.load(own);
          const fromGrey = v128.and(distance(codes, grey), inside);
          const fromReference = v128.and(distance(codes, v128.load(ref)), inside);
          colour = i16x8.add(colour, i16x8.extadd_pairwise_i8x16_u(fromGrey));
          shift = i16x8.add(shift, i16x8.extadd_pairwise_i8x16_u(fromReference));
          const counted = v128.and(codes, inside);
          if (planes == 1) {
            blue = i16x8.add(blue, v128.and(counted, low));
            red = i16x8.add(red, i16x8.shr_u(counted, 8));
          } else if (p == 0) {
            blue = i16x8.add(blue, i16x8.extadd_pairwise_i8x16_u(counted));
          } else {
            red = i16x8.add(red, i16x8.extadd_pairwise_i8x16_u(counted));
          }
        }
      }
      // Two bytes are one sample, whichever way they lie.
      const unit = 2.0 / <f64>(planes * rows * columns * chromaSpan);
      const at = out + ((<usize>column) << 2);
      store<f32>(at + 11 * channel, <f32>(totalOfWords(colour) * unit));
      store<f32>(at + 12 * channel, <f32>(totalOfWords(shift) * unit));
      const neutral = 128.0 / <f64>chromaSpan;
      store<f32>(at + 13 * channel, <f32>(totalOfWords(blue) * unit - neutral));
      store<f32>(at + 14 * channel, <f32>(totalOfWords(red) * unit - neutral));
    }
  }
}
