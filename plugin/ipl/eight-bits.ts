/**
 * Exposures of 10 bits as those of 8: for a fusion to SDR of which nobody wants more, beside HDR, which is made of the same sets; and of sets that
 * have both. On the event loop, as all up to the pool, so that sets take their turns as they came: some 7 ms an exposure at 4K.
 */
import { deriveFrame, type ExposureSet, type Frame } from '../core/frames/frame';
import { releaseFrame } from '../core/frames/release';
import { parseVideoCaps, type VideoCaps } from '../core/frames/video-caps';
import { depthOf, planeLayout, type Plane } from '../core/frames/video-layout';

export function isOfOneDepth({ frames }: ExposureSet): boolean {
  return new Set(frames.map(({ caps }) => depthOf(caps.layout.format))).size <= 1;
}

export function inEightBits(set: ExposureSet): ExposureSet {
  if (set.frames.every(({ caps }) => depthOf(caps.layout.format) === 8)) return set;
  return { ...set, frames: set.frames.map(inEight) };
}

function inEight(frame: Frame): Frame {
  const { layout } = frame.caps;
  if (depthOf(layout.format) === 8) return frame;
  const high = layout.format === 'P010_10LE';
  const to = planeLayout(high ? 'NV12' : 'I420', layout.width, layout.height);
  const { payload } = frame;
  const aligned = payload.byteOffset % 4 === 0 ? payload : payload.slice();
  const result = new Uint8Array(to.size);
  for (const [index, plane] of layout.planes.entries()) reduce(aligned, plane, result, to.planes[index] ?? plane, high ? HIGH : LOW);
  const reduced = deriveFrame(frame, { payload: result, caps: capsOf(frame.caps, to.format), shared: false });
  releaseFrame(frame);
  return reduced;
}

/** Of all 16 bits, the byte that is nearest: where 10 of them lie below, and where above. */
const nearest = (shift: number): Uint8Array => Uint8Array.from({ length: 65_536 }, (_, value) => Math.min(255, ((value >> shift) + 2) >> 2));
const LOW = nearest(0);
const HIGH = nearest(6);

/** Two samples at a time: rows begin at multiples of four bytes, and are filled up to one. */
function reduce(from: Uint8Array, plane: Plane, to: Uint8Array, target: Plane, table: Uint8Array): void {
  const pairs = new Uint32Array(from.buffer, from.byteOffset, from.byteLength >> 2);
  const count = target.width;
  for (let row = 0; row < plane.height; row += 1) {
    let read = (plane.offset + row * plane.stride) >> 2;
    let write = target.offset + row * target.stride;
    for (let left = count; left > 0; left -= 2) {
      const pair = pairs[read] ?? 0;
      to[write] = table[pair & 0xffff] ?? 0;
      if (left > 1) to[write + 1] = table[pair >>> 16] ?? 0;
      read += 1;
      write += 2;
    }
  }
}

/** By the text of those of 10 bits: parsed once. */
let kept: { readonly of: string; readonly caps: VideoCaps } | undefined;

function capsOf({ text }: VideoCaps, format: string): VideoCaps {
  if (kept?.of !== text) kept = { of: text, caps: parseVideoCaps(text.replace(/\b(I420|P010)_10LE\b/, format)) };
  return kept.caps;
}
