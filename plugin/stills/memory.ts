/** What a bracket takes of memory, and how much of that it is given. */
import { totalmem } from 'node:os';
import { GstIplError } from '../core/errors';
import type { Bracket } from './read-bracket';

export const LARGE = {
  /** Bytes of what is fused, up to which it is in memory: three of 24 megapixels have 430 MB, and there it is fastest. */
  bytes: 600e6,
  /** Bytes of light and what it is merged of, from which on there is no room: those of the machine, or what the process may have of them. */
  light: Math.min(totalmem(), process.constrainedMemory() || Infinity),
};

/** A pixel's. */
const [BYTES, DEEP_BYTES, LIGHT_BYTES] = [6, 15, 12];

export const bytesOfAll = ({ stills, width, height, deep }: Bracket): number => stills.length * width * height * (deep ? DEEP_BYTES : BYTES);

/** Light is merged in memory: better a sentence than a system that ends the process. */
export function checkMemory(bracket: Bracket): void {
  const { stills, width, height } = bracket;
  const needed = bytesOfAll(bracket) + LIGHT_BYTES * width * height;
  if (needed <= LARGE.light) return;
  const [wanted, there] = [needed, LARGE.light].map((some) => (some / 1e9).toFixed(1));
  throw new GstIplError('bad-caps', `HDR of ${stills.length} pictures of ${width}x${height} pixels takes ${wanted} GB of memory, and there are ${there} GB.`, {
    hint: 'Leave --hdr out (large pictures are fused from files then), or make the pictures smaller.',
  });
}
