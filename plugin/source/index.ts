/**
 * `source`: a stream that GStreamer makes, reads or receives.
 *
 * - Input: none. Output: frames.
 * - Options: `launch`, a launch fragment that begins with a source element and ends with a pad that gives video.
 * - All sources of a graph run in one pipeline, on one clock, so that their running times compare.
 * - EOS: the stream completes. Errors: the stream ends there, what was received is still fused, and the run reports the
 *   error. Caps changes pass on.
 *
 *     nodes:
 *       mid: { use: source, launch: "filesrc location=${mid} ! decodebin" }
 */
import { defineElement, NO_INPUT } from '../core/element';
import { launchOption } from '../core/options';

export const sourceElement = defineElement({
  kind: 'fragment',
  name: 'source',
  summary: 'A stream that GStreamer makes, reads or receives.',
  input: NO_INPUT,
  output: 'frames',
  options: {
    launch: launchOption('Launch fragment that begins with a source element; its last pad gives the video.'),
  },
  example: 'mid: { use: source, launch: "filesrc location=${mid} ! decodebin" }',
  launch: ({ launch }) => launch,
});
