import { execFileSync, spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'ava';
import { ROOT, script } from './script';

const LAUNCHER = path.join(__dirname, 'fixtures', 'launcher.js');
const { commandLine } = script<{ commandLine(env: NodeJS.ProcessEnv, root: string): string[] }>('bin/launch.js');

const runs = (...args: string[]) => spawnSync(process.execPath, [LAUNCHER, ...args], { encoding: 'utf8' });

/** Starts listens.js through the launcher; `said` resolves once its output has a line that matches. */
function listening(child: ChildProcess) {
  let output = '';
  const heard = new Set<() => void>();
  child.stdout?.on('data', (chunk: Buffer) => {
    output += chunk.toString();
    heard.forEach((check) => check());
  });
  const said = (pattern: RegExp) => new Promise<RegExpExecArray>((resolve, reject) => {
    child.once('close', () => reject(new Error(`It ended without saying ${pattern.source}. It said: ${output}`)));
    const check = () => {
      const match = pattern.exec(output);
      if (match === null) return;
      heard.delete(check);
      resolve(match);
    };
    heard.add(check);
    check();
  });
  const ended = new Promise<number | null>((resolve) => void child.once('close', resolve));
  return { child, said, ended, lines: () => output.trim().split(/\s*\n/) };
}

const listen = () => listening(spawn(process.execPath, [LAUNCHER, 'listens.js'], { stdio: ['ignore', 'pipe', 'inherit'] }));

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test('the exit code is that of the child', (t) => {
  t.is(runs('exits.js', '0').status, 0);
  t.is(runs('exits.js', '3').status, 3);
});

test('a signal that ends the child ends the launcher', (t) => {
  t.is(runs('exits.js', 'SIGTERM').signal, 'SIGTERM');
  t.is(runs('exits.js', 'SIGKILL').signal, 'SIGKILL');
});

test('the child runs in the environment that GStreamer needs', (t) => {
  const child = JSON.parse(runs('prints-environment.js').stdout) as NodeJS.ProcessEnv;
  t.is(child.ORT_DISABLE_TELEMETRY, '1');
  t.truthy(child.UV_THREADPOOL_SIZE);
  t.regex(child.GLIBC_TUNABLES ?? '', /glibc\.malloc\.mmap_max=/);
});

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  test(`${signal} sent to the launcher reaches the child once, and its answer is waited for`, async (t) => {
    const { child, said, ended, lines } = listen();
    await said(/^ready/m);
    child.kill(signal);
    t.is(await ended, 7);
    t.deepEqual(lines().slice(1), [signal]);
  });
}

test('with the launcher killed, the child stops as on SIGTERM', async (t) => {
  const { child, said } = listen();
  const pid = Number((await said(/^ready (\d+)/m))[1]);
  child.kill('SIGKILL');
  await said(/^SIGTERM/m);
  while (isRunning(pid)) await new Promise((resolve) => setTimeout(resolve, 100));
  t.pass();
});

test('with the launcher killed, the child ends also where a thread waits for the reader of a pipe', async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'gst-ipl-launch-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const fifo = path.join(folder, 'fifo');
  execFileSync('mkfifo', [fifo]);
  const { child, said } = listening(spawn(process.execPath, [LAUNCHER, 'listens-with-a-pipe.js', fifo], { stdio: ['ignore', 'pipe', 'inherit'] }));
  const pid = Number((await said(/^ready (\d+)/m))[1]);
  child.kill('SIGKILL');
  await said(/^SIGTERM/m);
  while (isRunning(pid)) await new Promise((resolve) => setTimeout(resolve, 100));
  t.pass();
});

test('Ctrl-C in a terminal counts once in the child, which can still write to that terminal', async (t) => {
  // python3, which node-gyp needs anyhow, runs the launcher in a new terminal and types what comes on stdin into it.
  const typist = 'import os,pty,sys; pty.spawn(sys.argv[1:], lambda fd: os.read(fd, 1024))';
  const child = spawn('python3', ['-c', typist, process.execPath, LAUNCHER, 'listens.js'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const { said, ended, lines } = listening(child);
  await said(/^ready/m);
  child.stdin.write('\x03');
  await ended;
  t.deepEqual(lines().filter((line) => line.includes('SIG')).map((line) => line.replace('^C', '')), ['SIGINT']);
});

test('what runs is dist, or the source where there is no dist or GST_IPL_DEV=1, or an error that says what to do', (t) => {
  const root = mkdtempSync(path.join(tmpdir(), 'gst-ipl-launch-'));
  t.teardown(() => rmSync(root, { recursive: true }));
  const file = (...parts: string[]) => {
    const name = path.join(root, ...parts);
    mkdirSync(path.dirname(name), { recursive: true });
    writeFileSync(name, '');
    return name;
  };
  t.throws(() => commandLine({}, root), { message: /not built.*npm start/s });
  const source = file('plugin', 'cli', 'main.ts');
  const register = file('scripts', 'typescript.js');
  t.deepEqual(commandLine({}, root), ['-r', register, source]);
  const built = file('dist', 'cli', 'main.js');
  t.deepEqual(commandLine({}, root), [built]);
  t.deepEqual(commandLine({ GST_IPL_DEV: '1' }, root), ['-r', register, source]);
});

test('bin/gst-ipl.js is executable', (t) => {
  t.is(statSync(path.join(ROOT, 'bin', 'gst-ipl.js')).mode & 0o111, 0o111);
});
