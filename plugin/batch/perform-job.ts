/**
 * Does one job, for every runner: starts `gst-ipl` for it, so that what the job does to its process ends no other and keeps nobody
 * from answering, and brings the output to its place when it is whole.
 *
 * - Doing it twice, also at once and on two machines, leaves what doing it once does: each writes to a name of its own, and the first
 *   that is whole gets the place. One that was replaced meanwhile (`holds`) puts nothing there.
 * - A kill leaves a `.gst-ipl-ID-...` at most, which the next who does the job removes.
 * - The started process ends when this one does, also by SIGKILL: the channel between them closes (bin/child.js).
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { GstIplError, messageOf } from '../core/errors';
import { clash } from '../core/files/file-use';
import { putInPlace } from '../core/files/put-in-place';
import { annotateSpan, traced, traceEnvironment } from '../core/tracing';
import { argumentsOf, type JobSpec } from './job';
import { sumOf } from './journal';

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
  /** Whether the job is still this one's to do. */
  readonly holds?: () => Promise<boolean>;
}

/** Secrets and habits of this process that are none of the job's. */
const NOT_PASSED_ON = ['GST_IPL_QUEUE_PASSWORD', 'GST_IPL_TOKEN', 'NOTIFY_SOCKET', 'WATCHDOG_USEC'];

export function performJob(job: JobSpec, performing: Performing): Promise<Outcome> {
  return traced('gst_ipl.job', () => ({ 'gst_ipl.job': job.id, 'gst_ipl.inputs': job.inputs.length, 'gst_ipl.output': job.output }), async () => {
    const outcome = await perform(job, performing);
    annotateSpan(() => ({ 'gst_ipl.state': outcome.state }));
    return outcome;
  });
}

async function perform(job: JobSpec, { command, signal, holds }: Performing): Promise<Outcome> {
  const start = performance.now();
  const outcome = (state: Outcome['state'], messages: readonly string[], more: Pick<Outcome, 'transient' | 'sum'> = {}): Outcome =>
    ({ state, seconds: (performance.now() - start) / 1000, messages, ...more });
  if (signal.aborted) return outcome('stopped', []);
  const clashing = job.inputs.find((file) => clash({ does: 'reads', path: file }, { does: 'writes', path: job.output }));
  if (clashing !== undefined) return outcome('failed', [`The output "${job.output}" is the input "${clashing}" itself.`]);
  const temporary = new TemporaryOutput(job);
  try {
    temporary.prepare();
    const { code, lines } = await run([...command, ...argumentsOf(job, temporary.file)], signal);
    if (signal.aborted) return outcome('stopped', lines);
    if (code === null) return outcome('failed', [...lines, 'Its process was killed: by the system for want of memory, or by somebody.'], { transient: true });
    if (code !== 0) return outcome('failed', lines.length > 0 ? lines : [`Its process ended with code ${code}.`]);
    const sum = await sumOf(temporary.file);
    if (holds && !(await holds())) return outcome('stopped', ['The job was given to another worker meanwhile.']);
    await putInPlace(temporary.file, job.output);
    return outcome('done', lines, { sum });
  } catch (error) {
    return outcome('failed', [error instanceof GstIplError ? error.describe() : messageOf(error)], { transient: true });
  } finally {
    temporary.remove();
  }
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

function run(args: readonly string[], signal: AbortSignal): Promise<{ code: number | null; lines: string[] }> {
  return new Promise((resolve, reject) => {
    const env = Object.fromEntries(Object.entries({ ...process.env, ...traceEnvironment(), GST_IPL_LOG: 'pretty' }).filter(([name]) => !NOT_PASSED_ON.includes(name)));
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], env });
    let force: NodeJS.Timeout | undefined;
    const stop = (): void => {
      child.kill('SIGTERM');
      force = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    };
    signal.addEventListener('abort', stop);
    const over = (): void => {
      signal.removeEventListener('abort', stop);
      clearTimeout(force);
    };
    let told = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (told = (told + text).slice(-MOST_TOLD)));
    child.once('error', (error) => {
      over();
      reject(error);
    });
    child.once('close', (code) => {
      over();
      resolve({ code, lines: told.split('\n').filter((line) => line.trim() !== '') });
    });
  });
}

/** A process that reads from a share that hangs hears no signal but the last. */
const STOP_MS = 2000;

/** Characters: the end of a long story says why. */
const MOST_TOLD = 20_000;
