/** What a graph that writes a recording is for its pieces: the same, but for the container. */
import { GstIplError } from '../core/errors';

/** The tail of a sink that writes a file: `... ! h264parse ! mp4mux ! filesink location=${out}`. */
const TAIL = /(\w+parse(?: [^!]*)?) ! (\w*mux(?: [^!]*)?) ! filesink location=\$\{out\}/;

export interface PieceGraph {
  /** Its sink writes a piece. */
  readonly text: string;
  /** What makes a recording of pieces, up to the file. */
  readonly container: string;
}

/**
 * Times go with the pictures, to the nanosecond, by the GStreamer data protocol: containers round them, and twice is not once.
 * @throws GstIplError `bad-graph`
 */
export function pieceGraph(text: string, file: string): PieceGraph {
  const [found, parser, muxer] = TAIL.exec(text) ?? [];
  if (found === undefined) throw new GstIplError('bad-graph', `The graph ${file} writes no recording that could be joined.`, { hint: 'Its sink ends in: h264parse ! mp4mux ! filesink location=${out}' });
  return { text: text.replace(found, `${parser} ! gdppay ! filesink location=\${out}`), container: `${parser} ! ${muxer}` };
}
