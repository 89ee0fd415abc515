/**
 * `filter`: any GStreamer elements between two nodes.
 *
 * - Input: frames of one node. Output: frames.
 * - Options: `launch`, a launch fragment with one video input and one video output.
 * - Next to a source, sink or filter it becomes part of their launch string, and no picture crosses into Node for it.
 * - EOS, errors and caps changes: as the fragment does them. A fragment may change size and rate.
 *
 *     nodes:
 *       crisp: { use: filter, from: fused, launch: "videobalance saturation=1.1" }
 */
import { defineElement, ONE_STREAM } from '../core/element';
import { launchOption } from '../core/options';

export const filterElement = defineElement({
  kind: 'fragment',
  name: 'filter',
  summary: 'Any GStreamer elements between two nodes.',
  input: ONE_STREAM,
  output: 'frames',
  options: {
    launch: launchOption('Launch fragment with one video input and one video output.'),
  },
  example: 'crisp: { use: filter, from: fused, launch: "videobalance saturation=1.1" }',
  // Elements negotiate what they need; a conversion that is not needed costs nothing.
  launch: ({ launch }) => `videoconvert ! ${launch}`,
});
