/**
 * `sink`: where pictures go: a file, a screen, a network.
 *
 * - Input: frames of one node. Output: none.
 * - Options: `launch`, a launch fragment that ends with a sink element.
 * - Timestamps and durations reach the sink as they left the reference exposure.
 * - EOS: passed on after the last frame; the run ends when the sink has finished its file.
 * - Errors (a full disk) end the run; other sinks finish their files first. A folder that does not exist is refused before the
 *   start.
 *
 *     nodes:
 *       file: { use: sink, from: fused, launch: "x264enc ! mp4mux ! filesink location=${out}" }
 */
import { defineElement, ONE_STREAM } from '../core/element';
import { launchOption } from '../core/options';

export const sinkElement = defineElement({
  kind: 'fragment',
  name: 'sink',
  summary: 'Where pictures go: a file, a screen, a network.',
  input: ONE_STREAM,
  output: 'none',
  options: {
    launch: launchOption('Launch fragment that ends with a sink element.'),
  },
  example: 'file: { use: sink, from: fused, launch: "x264enc ! mp4mux ! filesink location=${out}" }',
  launch: ({ launch }) => `videoconvert ! ${launch}`,
});
