/**
 * When a stream that splitmuxsink cuts into files has its key frames. A file begins with one, and two rhythms would meet:
 * where the encoder counts pictures to 2 s and splitmuxsink asks for a key frame at 2 s, a time stamp that is a nanosecond
 * off makes two of them, and a file of one picture between them. So one of the two leads.
 */
import type { VideoCaps } from '../../core/frames/video-caps';
import { frameRate } from './encoder';

export interface SegmentRhythm {
  /** For the encoder. */
  readonly keyFrameSeconds: number;
  /** Properties of splitmuxsink. */
  readonly cut: string;
}

/** The encoder's own key frames come only where it does not hear of those that it is asked for. */
const NEVER = 10;

/**
 * @param seconds how long a file is
 * @param longest seconds between two key frames at most
 * @param answers whether the encoder gives a key frame when it is asked for one
 */
export function segmentRhythm(caps: VideoCaps, seconds: number, longest: number, answers = true): SegmentRhythm {
  const rate = frameRate(caps);
  // By time: a camera that gives fewer pictures than its caps say has files of the same length. The first picture from then
  // on is a key frame; half a picture earlier, so that it is the nearest.
  if (seconds <= longest) {
    // By the encoder's own count, where it is deaf: each of its key frames begins a file.
    if (!answers) return { keyFrameSeconds: seconds, cut: `max-size-time=${nanoseconds(seconds / 2)}` };
    return { keyFrameSeconds: seconds * NEVER, cut: `max-size-time=${nanoseconds(Math.max(seconds / 2, seconds - 0.5 / rate))} send-keyframe-requests=true` };
  }
  // By pictures: splitmuxsink asks once a file only. It cuts in front of what would go half a key frame interval too far, so
  // that stamps that are a little off decide nothing.
  const interval = evenInterval(seconds * rate, longest * rate) / rate;
  return { keyFrameSeconds: interval, cut: `max-size-time=${nanoseconds(seconds + interval / 2)}` };
}

const nanoseconds = (seconds: number): string => String(Math.round(seconds * 1e9));

/** Pictures from key frame to key frame: the most of which a whole number is nearest to a file. */
function evenInterval(pictures: number, longest: number): number {
  let [best, least] = [1, Infinity];
  for (let interval = Math.max(1, Math.floor(longest)); interval >= Math.max(1, longest / 2); interval -= 1) {
    const off = Math.abs(Math.max(1, Math.round(pictures / interval)) * interval - pictures);
    if (off < least) [best, least] = [interval, off];
  }
  return best;
}
