/**
 * Does one job, for every runner: has another process of `gst-ipl` do it, so that what the job does to its process ends no other and keeps
 * nobody from answering, and brings the output to its place when it is whole. A recording's process is started for it, one that fuses
 * photographs is kept for the next (kept-processes.ts).
 *
 * - Doing it twice, also at once and on two machines, leaves what doing it once does: each writes to a name of its own, and the first
 *   that is whole gets the place. One that was replaced meanwhile (`holds`) puts nothing there.
 * - A kill leaves a `.gst-ipl-ID-...` at most, which the next who does the job removes.
 * - A segment's output is named by what it is made of: one that is there is done.
 * - Such a process ends when this one does, also by SIGKILL: the channel between them closes (bin/child.js).
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { GstIplError, messageOf } from '../core/errors';
import { clash } from '../core/files/file-use';
import { ON_DISK, type Depot } from '../core/files/depot';
import { putInPlace } from '../core/files/put-in-place';
import { annotateSpan, traced, traceEnvironment } from '../core/tracing';
import { isWholePiece } from '../segments';
import { removePieces } from './flow';
import { argumentsOf, type JobSpec } from './job';
import { sumOf } from './journal';
import { runKept, type Ran } from './kept-processes';
import { runOwn } from './own-process';

export interface Outcome {
  readonly state: 'done' | 'failed' | 'stopped';
  readonly seconds: number;
  /** Of one that failed, why; else what was told. */
  readonly messages: readonly string[];
  /** Of one that failed: it may be otherwise next time. Its process was killed, or the place of the output did not take it. */
  readonly transient?: boolean;
  /** SHA-256 of the output. */
  readonly sum?: string;
}

export interface Performing {
  /** What runs `gst-ipl`: arguments of node. */
  readonly command: readonly string[];
  readonly signal: AbortSignal;
  /** Where files are for all who do jobs. */
  readonly depot?: Depot | undefined;
  /** That one job works on: its share, where several are done side by side. */
  readonly cores?: number;
  /** Whether the job is still this one's to do. */
  readonly holds?: () => Promise<boolean>;
}

export function performJob(job: JobSpec, performing: Performing): Promise<Outcome> {
  return traced('gst_ipl.job', () => ({ 'gst_ipl.job': job.id, 'gst_ipl.inputs': job.inputs.length, 'gst_ipl.output': job.output }), async () => {
    const outcome = await perform(job, performing);
    annotateSpan(() => ({ 'gst_ipl.state': outcome.state }));
    return outcome;
  });
}

async function perform(job: JobSpec, { command, signal, depot = ON_DISK, cores = availableParallelism(), holds }: Performing): Promise<Outcome> {
  const start = performance.now();
  const outcome = (state: Outcome['state'], messages: readonly string[], more: Pick<Outcome, 'transient' | 'sum'> = {}): Outcome =>
    ({ state, seconds: (performance.now() - start) / 1000, messages, ...more });
  if (signal.aborted) return outcome('stopped', []);
  const clashing = job.inputs.find((file) => clash({ does: 'reads', path: file }, { does: 'writes', path: job.output }));
  if (clashing !== undefined) return outcome('failed', [`The output "${job.output}" is the input "${clashing}" itself.`]);
  const temporary = new TemporaryOutput(job);
  const used: string[] = [];
  const fetch = (files: readonly string[]): Promise<void> => {
    used.push(...files);
    return depot.fetch(files);
  };
  try {
    if (job.kind === 'segment' && (await depot.exists(job.output))) {
      await fetch([job.output]);
      const there = await sumOfPiece(job.output);
      if (there !== undefined) return outcome('done', [], { sum: there });
    }
    await fetch(job.inputs);
    temporary.prepare();
    const ended = await run(job, temporary.file, command, cores, signal);
    const lines = ended.lines.map((line) => line.replaceAll(temporary.file, job.output));
    const ran = { ...ended, lines };
    if (signal.aborted) return outcome('stopped', lines);
    if (ran.code !== 0) return outcome('failed', ...whyEnded(ran));
    const sum = await sumOf(temporary.file);
    if (holds && !(await holds())) return outcome('stopped', ['The job was given to another worker meanwhile.']);
    await putInPlace(temporary.file, job.output);
    used.push(job.output);
    await depot.keep(job.output);
    if (job.kind === 'join') await removePieces(job, depot);
    return outcome('done', lines, { sum });
  } catch (error) {
    return outcome('failed', [error instanceof GstIplError ? error.describe() : messageOf(error)], { transient: true });
  } finally {
    temporary.remove();
    depot.release(used);
  }
}

/** In a process that is kept, or in one of its own. */
function run(job: JobSpec, output: string, command: readonly string[], cores: number, signal: AbortSignal): Promise<Ran> {
  const args = argumentsOf(job, output);
  if (job.kind !== 'photographs') return runOwn([...command, ...args], signal);
  return runKept(command, { args: args.slice(1), cores, trace: traceEnvironment() }, signal);
}

/** What is said of a process that failed. */
function whyEnded({ code, lines }: Ran): [messages: readonly string[], more: Pick<Outcome, 'transient'>] {
  if (code === null) return [[...lines, 'Its process was killed: by the system for want of memory, or by somebody.'], { transient: true }];
  return [lines.length > 0 ? lines : [`Its process ended with code ${code}.`], {}];
}

/** Of a piece that is there, and whole: nothing is to be done for it. */
async function sumOfPiece(piece: string): Promise<string | undefined> {
  return (await isWholePiece(piece)) ? sumOf(piece) : undefined;
}

/** Beside the output, so that it can be renamed. */
class TemporaryOutput {
  readonly #folder: string;
  readonly #begin: string;
  readonly file: string;

  constructor({ id, output }: JobSpec) {
    this.#folder = path.dirname(output);
    this.#begin = `.gst-ipl-${id.slice(0, 16)}-`;
    this.file = path.join(this.#folder, `${this.#begin}${randomBytes(4).toString('hex')}${path.extname(output)}`);
  }

  prepare(): void {
    mkdirSync(this.#folder, { recursive: true });
    this.remove();
  }

  /** Also those of whoever was killed at the same job. */
  remove(): void {
    if (!existsSync(this.#folder)) return;
    for (const name of readdirSync(this.#folder)) if (name.startsWith(this.#begin)) rmSync(path.join(this.#folder, name), { force: true });
  }
}
