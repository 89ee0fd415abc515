/** Single samples as codes of 8 bits, for whoever looks at few of a picture: clip levels, tones, the order of exposures. */
import { depthOf, type PixelFormat } from '../../core/frames/video-layout';

export interface EightBits {
  /** From one sample of a plane to the next. */
  readonly bytes: 1 | 2;
  /** @param at address of the sample's first byte @returns the nearest code of 8 bits; the upper ones of 16 */
  readonly codeAt: (payload: Uint8Array, at: number) => number;
}

const BYTES: EightBits = { bytes: 1, codeAt: (payload, at) => payload[at] };
const UPPER: EightBits = { bytes: 2, codeAt: (payload, at) => payload[at + 1] };
const nearest = (ten: number): number => Math.min(255, (ten + 2) >> 2);
const LOW: EightBits = { bytes: 2, codeAt: (payload, at) => nearest(payload[at] | (payload[at + 1] << 8)) };
const HIGH: EightBits = { bytes: 2, codeAt: (payload, at) => nearest((payload[at] >> 6) | (payload[at + 1] << 2)) };

export function eightBitsOf(format: PixelFormat): EightBits {
  if (depthOf(format) === 10) return format === 'I420_10LE' ? LOW : HIGH;
  return depthOf(format) === 8 ? BYTES : UPPER;
}
