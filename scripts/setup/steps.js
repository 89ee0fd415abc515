'use strict';

const { spawn } = require('node:child_process');
const { appendFileSync, mkdirSync, readFileSync, statSync } = require('node:fs');
const { dirname, join } = require('node:path');

const LOG = join(__dirname, '..', '..', 'out', 'setup.log');
const TAIL_LINES = 25;

/** A failure that its message explains in full: shown without a stack. */
class SetupError extends Error {}

/**
 * Runs `work` as one line of progress, "[setup] title ... 12.3 s". On a terminal
 * the seconds count up while it runs.
 */
async function step(title, work) {
  const started = Date.now();
  const seconds = () => `${((Date.now() - started) / 1000).toFixed(1)} s`;
  const line = `[setup] ${title} ... `;
  const terminal = process.stdout.isTTY;
  process.stdout.write(line);
  const ticking = terminal ? setInterval(() => process.stdout.write(`\r${line}${seconds()}`), 500) : undefined;
  const end = (text) => {
    clearInterval(ticking);
    process.stdout.write(terminal ? `\r${line}${text}\n` : `${text}\n`);
  };
  try {
    const result = await work();
    end(seconds());
    return result;
  } catch (error) {
    end(`failed after ${seconds()}`);
    throw error;
  }
}

/** Runs a command with its output appended to the log; resolves to its exit code and that output. */
function runLogged(command, args, env = {}) {
  mkdirSync(dirname(LOG), { recursive: true });
  appendFileSync(LOG, `\n$ ${[command, ...args].join(' ')}\n`);
  const start = statSync(LOG).size;
  const write = (chunk) => appendFileSync(LOG, chunk);
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: join(__dirname, '..', '..'), env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    const finish = (code) => resolve({ code, output: readFileSync(LOG).subarray(start).toString() });
    child.stdout.on('data', write);
    child.stderr.on('data', write);
    child.once('error', (error) => {
      write(`${error.message}\n`);
      finish(127);
    });
    child.once('close', (code) => finish(code === null ? 1 : code));
  });
}

/** The error for a command that failed: what to do, then the end of what it said. */
function commandError(sentence, output) {
  const tail = output.trimEnd().split('\n').slice(-TAIL_LINES).map((line) => `    ${line}`);
  return new SetupError(`${sentence}\nThe last lines of its output (all of it is in ${LOG}):\n${tail.join('\n')}`);
}

module.exports = { LOG, SetupError, commandError, runLogged, step };
