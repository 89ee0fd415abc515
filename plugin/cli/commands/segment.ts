import path from 'node:path';
import { builtinElements } from '../../builtin-elements';
import { messageOf } from '../../core/errors';
import { parseDuration, type Nanoseconds } from '../../core/time';
import { parseGraphWith, readGraphText } from '../../graph/load';
import { cutRecording, joinPieces, pieceGraph, type Segment } from '../../segments';
import { readSettings, SET_FLAG, UsageError, type Arguments, type Command } from '../arguments';
import { setOutputFormat } from '../output';
import { playGraph } from '../play-graph';

/** Shorter ones would be nothing but lead-in. */
const LEAST_EVERY: Nanoseconds = 1_000_000_000n;

const TIME = (summary: string) => ({ type: 'string', value: 'TIME', summary }) as const;

export const segmentCommand: Command = {
  name: 'segment',
  synopsis: 'cut FILE | fuse GRAPH | join GRAPH PIECE ...',
  summary: 'A long recording in segments: where to cut it, one of them, and all of them joined. `batch` and `worker` run it.',
  positionals: [2, Infinity],
  flags: {
    every: TIME('cut: the longest segment, as in 60s.'),
    cycle: { type: 'string', value: 'N', summary: 'cut: pictures of the file that make one fused picture; more than one where exposures alternate.' },
    from: TIME('fuse: where the segment begins.'),
    until: TIME('fuse: where the next one begins. Default: the end.'),
    'lead-in': TIME('fuse: read before it.'),
    'lead-out': TIME('fuse: read behind it.'),
    set: SET_FLAG,
    output: { type: 'string', short: 'o', value: 'FILE', summary: 'fuse: the piece; join: the recording.' },
  },
  examples: [
    'gst-ipl segment cut examples/media/video/mid.mp4 --every 2s',
    'gst-ipl segment fuse graphs/three-files.yaml --from 0s --until 2s --lead-out 200ms -o 1.piece',
    'gst-ipl segment join graphs/three-files.yaml 1.piece 2.piece -o fused.mp4',
  ],
  async run(given) {
    const [action, ...rest] = given.positionals;
    if (action === 'cut') return cut(rest, given);
    if (action === 'fuse') return fuse(rest, given);
    if (action === 'join') return join(rest, given);
    throw new UsageError(`segment does cut, fuse or join, not "${action ?? ''}".`);
  },
};

async function cut([file = '', ...others]: readonly string[], given: Arguments): Promise<number> {
  if (others.length > 0) throw new UsageError('segment cut takes one file: that of the reference.');
  const cycle = Number(given.flags.cycle ?? 1);
  if (!Number.isInteger(cycle) || cycle < 1 || cycle > 5) throw new UsageError('--cycle takes a number from 1 to 5.');
  const every = readTime(given, 'every');
  if (every === undefined || every < LEAST_EVERY) throw new UsageError('segment cut needs to know how long a segment is: --every 60s; a second is the least.');
  const segments = await cutRecording(file, { every, cycle });
  console.log(JSON.stringify(segments.map(({ from, until, leadIn, leadOut }) => ({ from: text(from), until: text(until), leadIn: text(leadIn), leadOut: text(leadOut) }))));
  return 0;
}

const text = (time: Nanoseconds | undefined): string | undefined => (time === undefined ? undefined : `${time}ns`);

async function fuse([graph = '', ...others]: readonly string[], given: Arguments): Promise<number> {
  if (others.length > 0) throw new UsageError('segment fuse takes one graph.');
  const params = { ...readSettings(given), out: readOutput(given) };
  const { text: whole } = pieceGraph(await readGraphText(graph), graph);
  const part: Segment = { from: readTime(given, 'from') ?? 0n, until: readTime(given, 'until'), leadIn: readTime(given, 'lead-in') ?? 0n, leadOut: readTime(given, 'lead-out') ?? 0n };
  if (part.until !== undefined && part.until <= part.from) throw new UsageError('--until is where the next segment begins: it lies behind --from.');
  setOutputFormat('pretty');
  await playGraph(await parseGraphWith(builtinElements(), whole, graph, { params }), path.basename(graph), { part });
  return 0;
}

async function join([graph = '', ...pieces]: readonly string[], given: Arguments): Promise<number> {
  if (pieces.length === 0) throw new UsageError('segment join takes a graph, and the pieces in order.');
  const { container } = pieceGraph(await readGraphText(graph), graph);
  await joinPieces(pieces, container, readOutput(given));
  return 0;
}

/** @throws UsageError */
function readOutput({ flags: { output } }: Arguments): string {
  if (typeof output === 'string') return output;
  throw new UsageError('segment fuse and segment join need a file to write: -o FILE');
}

/** @throws UsageError */
function readTime({ flags }: Arguments, name: string): Nanoseconds | undefined {
  const given = flags[name];
  if (typeof given !== 'string') return undefined;
  try {
    return parseDuration(given);
  } catch (error) {
    throw new UsageError(`--${name}: ${messageOf(error)}`);
  }
}
