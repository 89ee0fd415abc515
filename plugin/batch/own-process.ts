/** `gst-ipl` in a process of its own: what it does to its process ends no other, and keeps nobody from answering. */
import { spawn } from 'node:child_process';
import { traceEnvironment } from '../core/tracing';

export interface Ended {
  /** `null` where a signal ended it. */
  readonly code: number | null;
  /** What it told people. */
  readonly lines: readonly string[];
  /** What it gave to programs. */
  readonly output: string;
}

/** Secrets and habits of this process that are none of the job's. */
const NOT_PASSED_ON = ['GST_IPL_QUEUE_PASSWORD', 'GST_IPL_TOKEN', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'NOTIFY_SOCKET', 'WATCHDOG_USEC'];

/** A process that reads from a share that hangs hears no signal but the last. */
export const STOP_MS = 2000;

/** Characters: the end of a long story says why. */
export const MOST_TOLD = 20_000;

/** Of what it gives to programs. */
const MOST_GIVEN = 10_000_000;

/**
 * It ends when this process does, also by SIGKILL: the channel between them closes (bin/child.js).
 * @param args of node
 */
export function runOwn(args: readonly string[], signal: AbortSignal): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], env: jobEnvironment() });
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
    let given = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (told = (told + text).slice(-MOST_TOLD)));
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (given = (given + text).slice(0, MOST_GIVEN)));
    child.once('error', (error) => {
      over();
      reject(error);
    });
    child.once('close', (code) => {
      over();
      resolve({ code, lines: linesOf(told), output: given });
    });
  });
}

export const linesOf = (told: string): string[] => told.split('\n').map((line) => line.trim()).filter((line) => line !== '');

/** Of a process that does a job. */
export function jobEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries({ ...process.env, ...traceEnvironment(), GST_IPL_LOG: 'pretty' }).filter(([name]) => !NOT_PASSED_ON.includes(name)));
}
