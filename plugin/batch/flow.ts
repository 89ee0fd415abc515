/**
 * A long recording as jobs: its segments (plugin/segments), which may be done anywhere and in any order, and then their join. For every
 * runner, and the same on every machine: a segment's job and its piece are named by the recording's job and by where it was cut, so that
 * what is done is not done again.
 */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { GstIplError } from '../core/errors';
import type { Depot } from '../core/files/depot';
import { cuttingArguments, joinOptions, type JobSpec } from './job';
import { runOwn } from './own-process';

export interface Flow {
  /** Has the id of the recording's job: it is what that is made by. */
  readonly join: JobSpec;
  readonly segments: readonly JobSpec[];
}

export interface FlowSettings {
  /** What runs `gst-ipl`: arguments of node. */
  readonly command: readonly string[];
  /** Seconds: of a segment, about (segments/cuts.ts). */
  readonly every: number;
}

/** Of `gst-ipl segment cut`. */
interface Cut {
  readonly from: string;
  readonly until?: string;
  readonly leadIn: string;
  readonly leadOut: string;
}

/**
 * Looks into a recording, in a process of its own: whatever is in it.
 * @returns undefined for what is done in one piece
 * @throws GstIplError for what cannot be read
 */
export async function flowOf(job: JobSpec, { command, every }: FlowSettings, signal: AbortSignal): Promise<Flow | undefined> {
  if (job.kind !== 'recording') return undefined;
  signal.throwIfAborted();
  const { code, lines, output } = await runOwn([...command, ...cuttingArguments(job, every)], signal);
  if (code !== 0) throw new GstIplError('pipeline-failed', lines.join(' ') || 'It cannot be looked into where to cut it.');
  const cuts = JSON.parse(output) as Cut[];
  return cuts.length > 1 ? flowFrom(job, cuts) : undefined;
}

function flowFrom(job: JobSpec, cuts: readonly Cut[]): Flow {
  const folder = path.join(path.dirname(job.output), `.gst-ipl-${job.id.slice(0, 16)}${PIECES}`);
  const segments = cuts.map(({ from, until, leadIn, leadOut }, index): JobSpec => {
    const options = [...job.options, `--from=${from}`, ...(until === undefined ? [] : [`--until=${until}`]), `--lead-in=${leadIn}`, `--lead-out=${leadOut}`];
    const id = createHash('sha256').update(JSON.stringify([job.id, options])).digest('hex');
    return { ...job, id, kind: 'segment', output: path.join(folder, `${String(index + 1).padStart(5, '0')}-${id.slice(0, 16)}.gdp`), options };
  });
  return { join: { ...job, kind: 'join', inputs: segments.map(({ output }) => output), options: joinOptions(job.inputs.length) }, segments };
}

/** How the folder of a recording's pieces ends; it lies beside the output, where all machines see it. */
const PIECES = '.pieces';

/** They are in the recording now. */
export async function removePieces({ inputs }: JobSpec, depot: Depot): Promise<void> {
  const folder = path.dirname(inputs[0] ?? '');
  if (path.basename(folder).endsWith(PIECES)) await depot.remove(folder);
}

/** What is said of a flow of which a segment failed. */
export function segmentFailed(number: number, { segments }: Flow, messages: readonly string[]): string[] {
  return [`Segment ${number} of ${segments.length} failed.`, ...messages];
}
