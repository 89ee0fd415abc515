/** A TypeScript program in a process of its own, as a user would run it. */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT, TYPESCRIPT } from './command';
import { temporaryFolder } from './folder';

export interface Ended {
  readonly output: string;
  readonly code: number | null;
  /** Milliseconds from the line "done" to the end of the process. */
  readonly lingered: number;
}

/**
 * Runs a program; `#` in it stands for the library. It should print "done" when it has nothing left to do.
 * @param limit milliseconds after which it is ended
 */
export function runProgram(program: string, limit = 100_000): Promise<Ended> {
  const file = path.join(temporaryFolder(), 'program.ts');
  writeFileSync(file, program.replaceAll("'#", `'${ROOT}/plugin`));
  const child = spawn(process.execPath, [...TYPESCRIPT, file], { cwd: ROOT, timeout: limit });
  let output = '';
  let done = Infinity;
  const read = (chunk: Buffer): void => {
    output += chunk.toString();
    if (done === Infinity && output.includes('done')) done = performance.now();
  };
  child.stdout.on('data', read);
  child.stderr.on('data', read);
  return new Promise((resolve) => child.on('close', (code) => resolve({ output, code, lingered: performance.now() - done })));
}
