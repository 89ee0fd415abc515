/** The fields of caps of raw video: a misspelt one is no error to GStreamer, which takes it for one that nobody else has. */
import { nearest } from '../../core/nearest';
import { fieldsOf, rawCapsOf } from './caps-probe';
import type { LaunchFinding } from '../launch/launch-error';

/** GstVideoInfo and its documentation (gst-plugins-base, "Video types"). */
const KNOWN = [
  'format', 'width', 'height', 'framerate', 'max-framerate', 'pixel-aspect-ratio', 'interlace-mode', 'field-order',
  'colorimetry', 'chroma-site', 'multiview-mode', 'multiview-flags', 'views', 'texture-target', 'mastering-display-info',
  'content-light-level', 'drm-format',
];

/** Other fields may be somebody's own; these are not. */
export function misspeltFields(fragment: string): LaunchFinding[] {
  return rawCapsOf(fragment).flatMap(fieldsOf).flatMap((field): LaunchFinding[] => {
    const name = /^([\w-]+)\s*=/.exec(field)?.[1];
    if (name === undefined || KNOWN.includes(name)) return [];
    const near = nearest(name, KNOWN);
    if (near === undefined) return [];
    return [{ code: 'bad-launch', message: `Raw video has no field "${name}".`, hint: `Did you mean "${near}"?`, token: name }];
  });
}
