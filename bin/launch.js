'use strict';

const { spawn } = require('node:child_process');
const { existsSync } = require('node:fs');
const { constants } = require('node:os');
const { join } = require('node:path');
const { launchEnvironment } = require('./environment.js');

const ROOT = join(__dirname, '..');

// Passed on as they come. SIGWINCH is here because the child, being in a session
// of its own, does not hear from the terminal that its size changed.
const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2', 'SIGWINCH'];

/** Those that ask a program to end. */
const ENDING = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'];

/**
 * A child whose main thread is stuck (in code of a user's; GStreamer hangs on
 * threads of its own) hears no signal. Supervisors and people wait three seconds: one that has not
 * answered in less is killed; so is one that was signalled twice and is still there
 * after AGAIN_MS, or says that it exits and is still there after EXIT_MS: its
 * files are finished then, but threads that never return keep a process from
 * exiting. A graph with a stuck sink takes 2.3 s to say so.
 */
const ANSWER_MS = 2500;
const AGAIN_MS = 700;
const EXIT_MS = 400;

/** What node has to be given to run the command line: the built one, or in a checkout its source. */
function commandLine(env = process.env, root = ROOT) {
  const built = join(root, 'dist', 'cli', 'main.js');
  if (env.GST_IPL_DEV !== '1' && existsSync(built)) return [built];

  const source = join(root, 'plugin', 'cli', 'main.ts');
  const compiler = join(root, 'scripts', 'typescript.js');
  if (existsSync(source) && existsSync(compiler)) return ['-r', compiler, source];
  throw new Error(`gst-ipl is not built: ${built} is missing. In a checkout, run \`npm start\` or \`npm run build\`.`);
}

/**
 * Runs node with `args` in the environment that GStreamer needs and resolves to
 * the child's exit code. If a signal ended the child, it ends this process too.
 *
 * The child gets a session of its own (`detached`), so signals from the terminal
 * reach this process alone, and every one is passed on exactly once, whether it
 * came from Ctrl-C, from `kill` or from a supervisor. In one process group a
 * Ctrl-C would reach the child twice (from the kernel and from here), and
 * telling the two apart would be guesswork with timers. A process without
 * controlling terminal is never stopped for reading or writing one (tty_ioctl:
 * SIGTTIN and SIGTTOU are only for the terminal's own session), so stdin, stdout
 * and raw mode work as before. What is lost is /dev/tty, which nothing here opens.
 */
function launch(args) {
  const environment = launchEnvironment();
  if (environment.ORC_CODE && !process.env.ORC_CODE) {
    console.error('There is no room for the code that GStreamer compiles (in XDG_RUNTIME_DIR, HOME, TMPDIR or /tmp), so it converts pictures without, more slowly. Free a megabyte there.');
  }
  const options = {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'], // the channel tells the child when we are gone: child.js
    detached: true,
    env: environment,
  };
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['-r', join(__dirname, 'child.js'), ...args], options);
    const watch = new ExitWatch(child);
    const handlers = signalHandlers(child, watch);
    const stopListening = () => {
      for (const [signal, handler] of handlers) process.off(signal, handler);
    };
    for (const [signal, handler] of handlers) process.on(signal, handler);

    child.once('error', (error) => {
      stopListening();
      reject(error);
    });
    child.once('exit', (code, signal) => {
      stopListening();
      watch.end();
      if (signal === null) return resolve(code);
      if (watch.exitCode !== undefined) return resolve(watch.exitCode);
      // Callers such as shells want to see the signal itself, not a code.
      process.kill(process.pid, signal);
      setTimeout(() => resolve(128 + constants.signals[signal]), 100); // it was blocked or ignored
    });
  });
}

/** Ends a child that was asked to end and cannot. */
class ExitWatch {
  constructor(child) {
    this.child = child;
    /** What the child's code would have been, where it was killed for not coming to its end. */
    this.exitCode = undefined;
    this.asked = 0;
    this.timers = new Set();
    child.on('message', (message) => {
      if (message === 'pong') clearTimeout(this.answer);
      if (typeof message?.exitCode !== 'number') return;
      // It has done all it had to do. It may also end itself by force (plugin/ipl/pool/exit-watch.ts).
      this.exitCode = message.exitCode;
      this.killAfter(EXIT_MS, message.exitCode);
    });
  }

  /** A signal was passed on. */
  heard(signal) {
    if (!ENDING.includes(signal) || !this.child.connected) return;
    this.asked += 1;
    if (this.asked > 1) return void this.killAfter(AGAIN_MS, 128 + constants.signals[signal]);
    this.child.send('ping', () => undefined); // It may just have ended.
    this.answer = this.killAfter(ANSWER_MS, 1, 'gst-ipl did not answer and was killed: its main thread is stuck. A file may be incomplete.');
  }

  killAfter(milliseconds, exitCode, message) {
    const timer = setTimeout(() => {
      if (message) console.error(message);
      this.exitCode = exitCode;
      this.child.kill('SIGKILL');
    }, milliseconds);
    this.timers.add(timer);
    return timer;
  }

  end() {
    for (const timer of this.timers) clearTimeout(timer);
  }
}

function signalHandlers(child, watch) {
  const handlers = FORWARDED.map((signal) => [signal, () => {
    child.kill(signal);
    watch.heard(signal);
  }]);
  // Ctrl-Z and fg: the child has to stop and go on with us.
  handlers.push(['SIGTSTP', () => {
    child.kill('SIGSTOP');
    process.kill(process.pid, 'SIGSTOP');
  }]);
  handlers.push(['SIGCONT', () => child.kill('SIGCONT')]);
  return handlers;
}

module.exports = { commandLine, launch };
