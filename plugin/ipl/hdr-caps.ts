/** What the caps of an HDR picture say: encoders write it into the stream, and televisions go by it. */
import { parseVideoCaps, type VideoCaps } from '../core/frames/video-caps';
import type { HdrChoice } from './hdr-options';

/**
 * BT.2020 in steps of 0.00002 (red, green, blue, white), then the largest and the least light in steps of 0.0001 cd/m2: the screen
 * that pictures are made for (SMPTE ST 2086).
 */
const masteringDisplay = (peak: number): string => `35400:14600:8500:39850:6550:2300:15635:16450:${Math.round(peak * 10_000)}:1`;

/** Fields that say what the samples are. */
const REPLACED = ['format', 'colorimetry', 'mastering-display-info', 'content-light-level'];

/**
 * Of PQ also for what screen it is, and how much light there is at most. Nothing is brighter than the peak (MaxCLL); how much light a
 * whole picture has is declared, or not known beforehand: 0 says so (CTA-861.3). HLG has neither: it is shown by each screen's own peak.
 *
 * Without `(string)` GStreamer 1.22 takes the light level for something else, and writes 0:0 without a word.
 */
export function hdrCaps(reference: VideoCaps, { output, peak, maxFall }: Pick<HdrChoice, 'output' | 'peak' | 'maxFall'>): VideoCaps {
  const kept = splitFields(reference.text).filter((field) => !REPLACED.includes(field.split('=')[0]?.trim() ?? ''));
  const light = `mastering-display-info=(string)${masteringDisplay(peak)}, content-light-level=(string)${Math.round(peak)}:${Math.round(maxFall)}`;
  const fields = [...kept, 'format=(string)I420_10LE', `colorimetry=(string)bt2100-${output}`, ...(output === 'pq' ? [light] : [])];
  return parseVideoCaps(fields.join(', '));
}

/** At commas that stand in no quotes and no braces. */
function splitFields(text: string): string[] {
  return (text.match(/(?:"(?:[^"\\]|\\.)*"|\{[^}]*\}|[^,;"{])+/g) ?? []).map((field) => field.trim()).filter((field) => field !== '');
}
