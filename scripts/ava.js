'use strict';

/**
 * Runs AVA, shows what it reports, and counts it from the same lines: its summary leaves out the passed tests when one failed, and
 * its TAP reporter dies of a timeout (AVA 7, avajs/ava#3461). Whatever the lines say, an exit code that is not 0 is a failure.
 */

const { spawn } = require('node:child_process');
const { getPriority, setPriority } = require('node:os');
const { join } = require('node:path');
const { createInterface } = require('node:readline');
const { stripVTControlCharacters } = require('node:util');

const CLI = join(__dirname, '..', 'node_modules', 'ava', 'entrypoints', 'cli.mjs');

/** Lines that stand for one each. */
const ONE = {
  passedTests: /^ {2}[✔√] /,
  failedWorkers: /^ {2}[✘×] (No tests found in |.* exited (with a non-zero exit code: \d+|due to (SIG\w+|an error:))$)/,
  unexpectedProcessExits: /^ {2}[✘×] Exiting due to process\.exit\(\) when running /,
  internalErrors: /^ {2}[✘×] Internal error/,
};

/** Lines of AVA's summary, which come last. */
const ALL = {
  failedHooks: /^ {2}(\d+) hooks? failed$/,
  failedTests: /^ {2}(\d+) tests? failed$/,
  timedOutTests: /^ {2}(\d+) tests? remained pending after a timeout$/,
  uncaughtExceptions: /^ {2}(\d+) uncaught exceptions?$/,
  unhandledRejections: /^ {2}(\d+) unhandled rejections?$/,
};

function tally(counts, line) {
  for (const [kind, pattern] of Object.entries(ONE)) if (pattern.test(line)) counts[kind] = (counts[kind] ?? 0) + 1;
  for (const [kind, pattern] of Object.entries(ALL)) if (pattern.test(line)) counts[kind] = Number(pattern.exec(line)[1]);
}

/**
 * Passed and failed from AVA's counts and exit code. Beside tests, a failure is
 * a hook, a test that timed out, an error outside of any test, and a file that
 * could not run; the last two are mostly one event, which AVA counts as both. No
 * tests, or a bad exit code without any of these, is one failure.
 */
function summarize(counts, exitCode) {
  const sum = (...kinds) => kinds.reduce((total, kind) => total + (counts[kind] ?? 0), 0);
  const passed = sum('passedTests');
  const outsideTests = Math.max(sum('failedWorkers'), sum('uncaughtExceptions', 'unhandledRejections', 'unexpectedProcessExits', 'internalErrors'));
  const failed = sum('failedTests', 'failedHooks', 'timedOutTests') + outsideTests;
  const nothingRan = passed + failed === 0;
  return { passed, failed: failed === 0 && (exitCode !== 0 || nothingRan) ? 1 : failed };
}

/** Resolves to how many passed and failed. What the tests themselves print goes to stderr, and is not counted. `nice`: beyond this process. */
async function runAva(args, { cwd, env, nice = 0, show = console.log, errors = 'inherit' }) {
  const colour = process.stdout.isTTY && !process.env.NO_COLOR ? '--color' : '--no-color';
  const child = spawn(process.execPath, [CLI, colour, ...args], { cwd, env, stdio: ['ignore', 'pipe', errors] });
  if (nice > 0) setPriority(child.pid, Math.min(19, getPriority() + nice)); // Its children inherit it.
  const ended = new Promise((resolve) => child.once('close', resolve)); // null for a signal
  const counts = {};
  for await (const line of createInterface({ input: child.stdout })) {
    show(line);
    tally(counts, stripVTControlCharacters(line));
  }
  return summarize(counts, await ended);
}

module.exports = { runAva, summarize, tally };
