/**
 * `sink`: where frames go: a file, a screen, a network.
 *
 * - Input: frames of one node. Output: none.
 * - Options: `launch`, a launch fragment that ends with a sink element.
 * - Timestamps and durations reach the sink as they left the reference exposure.
 * - EOS: passed on after the last frame; the run ends when the sink has finished its file. Without a frame it fails
 *   (`no-pictures`), and there is no file.
 * - Files of `filesink` are written beside their places and get their names when they are whole; an existing file is replaced
 *   then, and not before (core/files/output-file.ts has the rules). Other elements that write files name them themselves.
 * - A named pipe without a reader is waited for before anything starts, with a warning.
 * - Errors (a full disk) end the run; a folder that does not exist is refused before the start; other sinks finish their files first. A file that was there
 *   stays, and what was written is kept as `NAME.cut.EXT`.
 *
 *     nodes:
 *       file: { use: sink, from: fused, launch: "x264enc ! mp4mux ! filesink location=${out}" }
 */
import { defineElement, ONE_STREAM } from '../core/element';
import { launchOption } from '../core/options';

export const sinkElement = defineElement({
  kind: 'fragment',
  name: 'sink',
  summary: 'Where frames go: a file, a screen, a network.',
  input: ONE_STREAM,
  output: 'none',
  options: {
    launch: launchOption('Launch fragment that ends with a sink element.'),
  },
  example: 'file: { use: sink, from: fused, launch: "x264enc ! mp4mux ! filesink location=${out}" }',
  launch: ({ launch }) => `videoconvert ! ${launch}`,
});
