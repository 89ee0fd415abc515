/**
 * Processes of `gst-ipl` that do one bracket after the other: to start one, with its code, kernels and network, takes as much of a
 * processor as to fuse a bracket of 6 megapixels. Each has one job in hand. What it dies of, and a stop, end it with that job alone.
 *
 * - Asked by its channel (`JobRequest`), it answers on its stderr: behind what it tells of the job comes `endOfJob`, so that
 *   nothing of one job is heard as another's.
 * - At rest it keeps nobody alive, is ended after `REST_MS`, and ends with whoever started it (bin/child.js).
 */
import { spawn, type ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { jobEnvironment, linesOf, MOST_TOLD, STOP_MS, type Ended } from './own-process';

/** What `gst-ipl` is called with to be such a process. */
export const JOB_PROCESS = 'job-process';

export interface JobRequest {
  /** Of `gst-ipl fuse`. */
  readonly args: readonly string[];
  /** That it works on. */
  readonly cores: number;
  /** Of the span that it belongs to (core/tracing.ts). */
  readonly trace?: Readonly<Record<string, string>>;
}

export type Ran = Omit<Ended, 'output'>;

/** A worker that waits for a queue has no use for its memory. */
const REST_MS = 20_000;

/** Jobs of one process: what a library may lose of memory ends with it. */
const MOST_JOBS = 100;

const MARK = '\u001e';
const END = new RegExp(`${MARK}(\\d+)\\n$`);

/** The last that a process tells of a job. */
export const endOfJob = (code: number): string => `${MARK}${code}\n`;

/** By command. */
const atRest = new Map<string, KeptProcess[]>();

/** @param command what runs `gst-ipl`: arguments of node */
export async function runKept(command: readonly string[], request: JobRequest, signal: AbortSignal): Promise<Ran> {
  const key = JSON.stringify(command);
  const kept = atRest.get(key)?.pop() ?? new KeptProcess(command);
  const ran = await kept.run(request, signal);
  // Who knows what one is left in by what went wrong.
  if (ran.code === 0 && kept.isFit) kept.rest(atRest, key);
  else kept.end();
  return ran;
}

/** Ends those that are at rest. */
export function endKept(): void {
  for (const each of [...atRest.values()].flat()) each.end();
  atRest.clear();
}

class KeptProcess {
  readonly #child: ChildProcess;
  #told = '';
  #jobs = 0;
  #ended = false;
  #resting: NodeJS.Timeout | undefined;
  /** Of the job in hand. */
  #finish: ((code: number | null) => void) | undefined;
  #fail: ((error: Error) => void) | undefined;

  constructor(command: readonly string[]) {
    this.#child = spawn(process.execPath, [...command, JOB_PROCESS], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], env: jobEnvironment() });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => this.#hear(text));
    this.#child.once('error', (error) => {
      this.#ended = true;
      this.#fail?.(error);
    });
    this.#child.once('close', (code) => {
      this.#ended = true;
      this.#finish?.(code);
    });
  }

  /** It may do another job. */
  get isFit(): boolean {
    return !this.#ended && this.#jobs < MOST_JOBS;
  }

  async run(request: JobRequest, signal: AbortSignal): Promise<Ran> {
    clearTimeout(this.#resting);
    this.#holdUs(true);
    this.#told = '';
    this.#jobs += 1;
    let force: NodeJS.Timeout | undefined;
    const stop = (): void => {
      this.#child.kill('SIGTERM');
      force = setTimeout(() => this.#child.kill('SIGKILL'), STOP_MS);
    };
    signal.addEventListener('abort', stop);
    try {
      const code = await new Promise<number | null>((resolve, reject) => {
        [this.#finish, this.#fail] = [resolve, reject];
        // One that has ended meanwhile is heard of by its end.
        this.#child.send(request, () => undefined);
      });
      return { code, lines: linesOf(this.#told) };
    } finally {
      [this.#finish, this.#fail] = [undefined, undefined];
      signal.removeEventListener('abort', stop);
      clearTimeout(force);
    }
  }

  rest(among: Map<string, KeptProcess[]>, key: string): void {
    const others = among.get(key) ?? [];
    among.set(key, [...others, this]);
    const leave = (): void => void among.set(key, (among.get(key) ?? []).filter((one) => one !== this));
    this.#child.once('close', leave);
    this.#resting = setTimeout(() => {
      leave();
      this.end();
    }, REST_MS).unref();
    this.#holdUs(false);
  }

  end(): void {
    this.#ended = true;
    clearTimeout(this.#resting);
    if (this.#child.connected) this.#child.disconnect();
  }

  #hear(text: string): void {
    this.#told = (this.#told + text).slice(-MOST_TOLD);
    const end = END.exec(this.#told);
    if (!end) return;
    this.#told = this.#told.slice(0, end.index);
    this.#finish?.(Number(end[1]));
  }

  /** Whether this process waits for it to end. */
  #holdUs(does: boolean): void {
    const call = does ? 'ref' : 'unref';
    this.#child[call]();
    this.#child.channel?.[call]();
    (this.#child.stderr as Socket | null)?.[call]();
  }
}
