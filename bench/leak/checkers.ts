/** Checkers of memory under which test/leak/tour.ts can run: what koffi and GStreamer do to it is seen by nothing else. */
import { execFileSync, spawnSync } from 'node:child_process';
import path from 'node:path';
import { STRICT } from '../../test/leak/strict';
import { TYPESCRIPT } from '../../test/support/command';

const TOUR = path.join(__dirname, '..', '..', 'test', 'leak', 'tour.ts');

/** GLib takes every block from malloc, where checkers see it; on a heap of our own tuning they do not (bin/environment.js). */
const PLAIN_HEAP = { G_SLICE: 'always-malloc', GLIBC_TUNABLES: '' };

export const CHECKERS = ['asan', 'memcheck'] as const;
export type Checker = (typeof CHECKERS)[number];

/** The end of a log, where nothing else says why a program ended. */
const LAST_CHARACTERS = 4000;

/** @returns what was found; empty where all is well */
export function runUnder(checker: Checker, rounds: number): string[] {
  const tour = [...TYPESCRIPT, TOUR, String(rounds)];
  const env = { ...process.env, ...STRICT, ...PLAIN_HEAP };
  const how = checker === 'asan' ? asan(tour) : memcheck(tour);
  const { status, signal, stderr, error } = spawnSync(how.command, how.args, { env: { ...env, ...how.env }, stdio: ['ignore', 'inherit', 'pipe'], maxBuffer: 1 << 30 });
  if (error) throw error;
  const log = stderr.toString();
  return status === 0 ? findings(log) : [...findings(log), `The program ended with ${signal ?? status}:\n${log.slice(-LAST_CHARACTERS)}`];
}

interface How {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * AddressSanitizer's allocator in front of everything: double frees, frees of what is none, copies and strings beyond a block.
 * What was freed is overwritten, so that who still reads it fails. Node is not built for it: its leaks are not counted.
 */
function asan(tour: readonly string[]): How {
  const library = execFileSync('gcc', ['-print-file-name=libasan.so'], { encoding: 'utf8' }).trim();
  const options = ['detect_leaks=0', 'halt_on_error=1', 'max_free_fill_size=65536', 'free_fill_byte=222', 'malloc_fill_byte=190'].join(':');
  return { command: process.execPath, args: tour, env: { LD_PRELOAD: library, ASAN_OPTIONS: options } };
}

/**
 * Every read and write of memory, some fifty times as slow. Code that V8 makes at run time is kept to the least. It warns that stacks
 * are switched, which koffi does; `--max-stackframe` as it advises makes it take those switches for growth, and fail.
 */
function memcheck(tour: readonly string[]): How {
  const args = ['--smc-check=all-non-file', '--leak-check=no', '--num-callers=30', '--error-limit=no'];
  return { command: 'valgrind', args: [...args, process.execPath, '--no-opt', '--no-sparkplug', ...tour] };
}

/** V8 looks through its stack for what may be a pointer: most of it was never written, which is meant. */
const MEANT = /heap::base::.*IteratePointersInStack/;

/** One for each error of a checker, each object of GStreamer that is still alive, and each complaint of GLib. */
export function findings(log: string): string[] {
  const lines = log.split('\n');
  const alive = lines.filter((line) => / :0:: object-alive, /.test(line));
  const complaints = lines.filter((line) => /-CRITICAL \*\*|ERROR: AddressSanitizer/.test(line));
  const checked = lines.filter((line) => /^==\d+==/.test(line)).map((line) => line.replace(/^==\d+== ?/, ''));
  const blocks = checked.join('\n').split(/\n\s*\n/);
  const errors = blocks.filter((block) => /^(Invalid |Conditional jump|Use of uninit|Syscall param|Mismatched free|Source and destination)/m.test(block) && !MEANT.test(block));
  return [...complaints, ...alive, ...errors];
}
