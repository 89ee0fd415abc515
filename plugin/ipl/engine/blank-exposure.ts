/**
 * Exposures that show nothing: a covered lens, a camera without a signal, one that is set so far off that all is black, or white.
 *
 * Networks are trained with brackets, and no bracket has one. Ours gives a black exposure a tenth of the weight nearly everywhere: fused pictures of four
 * scenes were 9 to 3 codes too dark with it, and are from 4 too dark to 3 too bright without (bench/README.md, "Targets").
 * What shows no more than one lamp shows nothing when that goes out. So that the picture does not jump then, how much is taken grows
 * with the brightest block.
 */
import type { PlaneLayout } from '../../core/frames/video-layout';
import type { ColourRange } from '../../core/frames/video-caps';
import { eightBitsOf } from '../kernels';
import { BLOCK_SAMPLES, RANGES } from '../kernels/rule.generated';

/** Means of an exposure's brightest block, 0..1, up to which it is black (noise and a raised black level included), and from which on all of it is taken. */
const BLACK = [8 / 255, 24 / 255] as const;
/** Means of its darkest block, down to which it is white (a camera's shoulder included), and from which on all is taken. */
const WHITE = [250 / 255, 240 / 255] as const;

/** @param means luma of an exposure's blocks, 0..1; no more of them are asked for than decide @returns the share of it that is taken: 1 where it shows something */
export function shownShare(means: Iterable<number>): number {
  let [bright, dark] = [0, 0];
  for (const mean of means) {
    bright = Math.max(bright, along(mean, BLACK));
    dark = Math.max(dark, along(mean, WHITE));
    if (bright === 1 && dark === 1) return 1;
  }
  return Math.min(bright, dark);
}

/** The same means as statistics have (of samples that are no darker than black, and no lighter than white), of a picture of which there are none. @param block pixels of a block */
export function* blockMeans(payload: Uint8Array, { format, planes: [luma], width, height }: PlaneLayout, range: ColourRange, block: number): Generator<number> {
  const { bytes, codeAt } = eightBitsOf(format);
  const [black, span] = RANGES[range];
  const step = Math.max(1, block / BLOCK_SAMPLES);
  for (let top = 0; top < height; top += block) {
    for (let left = 0; left < width; left += block) {
      let [sum, count] = [0, 0];
      for (let y = top; y < Math.min(top + block, height); y += step) {
        for (let x = left; x < Math.min(left + block, width); x += step, count += 1) sum += clamped((codeAt(payload, luma.offset + y * luma.stride + x * bytes) - black) / span);
      }
      yield sum / count;
    }
  }
}

const clamped = (value: number): number => Math.min(1, Math.max(0, value));
const along = (value: number, [none, all]: readonly [number, number]): number => clamped((value - none) / (all - none));
