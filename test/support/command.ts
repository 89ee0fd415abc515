/** Runs the gst-ipl command as a user does: through its launcher, in a process of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';

export const ROOT = path.join(__dirname, '..', '..');

/** What node has to be told to run TypeScript. */
export const TYPESCRIPT = ['-r', path.join(ROOT, 'scripts', 'typescript.js')];

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts a Node program in the repository's folder. */
export function startProgram(args: readonly string[], cwd = ROOT, stdin: 'ignore' | 'pipe' = 'ignore'): { child: ChildProcess; finished: Promise<Finished> } {
  // As on a terminal, which a test is not: sentences. What the command writes elsewhere is tested in test/observe.
  const env = { ...process.env, GST_IPL_LOG: process.env.GST_IPL_LOG ?? 'pretty' };
  const child = spawn(process.execPath, [...args], { cwd, env, stdio: [stdin, 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const finished = new Promise<Finished>((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })));
  return { child, finished };
}

export function startCommand(...args: readonly string[]): ReturnType<typeof startProgram> {
  return startProgram([path.join(ROOT, 'bin', 'gst-ipl.js'), ...args]);
}

export function runCommand(...args: readonly string[]): Promise<Finished> {
  return startCommand(...args).finished;
}

/** How the command ends for each of these; one process for all, so for what it refuses before it begins anything. */
export async function runRefused(lines: readonly (readonly string[])[]): Promise<Omit<Finished, 'stdout'>[]> {
  const { child, finished } = startProgram([path.join(__dirname, 'commands-in-turn.cjs')], ROOT, 'pipe');
  child.stdin?.end(JSON.stringify(lines));
  const { stdout, stderr } = await finished;
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as Finished[];
}

/** A figure of a run with `--metrics PORT`, by its whole name; 0 as long as there is none. */
export async function figure(name: string, port: number): Promise<number> {
  const text = await fetch(`http://127.0.0.1:${port}/metrics`).then((answer) => answer.text(), () => '');
  return Number(text.split('\n').find((line) => line.startsWith(`${name} `))?.split(' ').at(1) ?? 0);
}

/** Resolves when a program has said something from now on: on a busy machine no pause is long enough. */
export function says(child: ChildProcess, pattern: RegExp): Promise<void> {
  return new Promise((resolve) => {
    let said = '';
    const onData = (chunk: Buffer): void => {
      said += chunk.toString();
      if (pattern.test(said)) resolve();
    };
    child.stdout?.on('data', onData);
    child.stderr?.on('data', onData);
    child.once('close', () => resolve());
  });
}
