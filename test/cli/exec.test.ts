/** Programs that use the library start in the environment that it needs, and are otherwise as with `node`. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { startCommand, says } from '../support/command';
import { temporaryFolder } from '../support/folder';

const folder = temporaryFolder();

function program(name: string, text: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return file;
}

/** As from a shell: the tests' own environment has what is to be added. */
function exec(...args: readonly string[]): ReturnType<typeof startCommand> {
  const { UV_THREADPOOL_SIZE, GLIBC_TUNABLES } = process.env;
  delete process.env.UV_THREADPOOL_SIZE;
  delete process.env.GLIBC_TUNABLES;
  const started = startCommand('exec', ...args);
  Object.assign(process.env, { UV_THREADPOOL_SIZE, GLIBC_TUNABLES });
  return started;
}

/** Runs pictures through GStreamer, so that the library would warn of a wrong environment. */
const BODY = `
const { UV_THREADPOOL_SIZE, GLIBC_TUNABLES } = process.env;
source('videotestsrc num-buffers=3').subscribe({
  next: (frame) => void frame,
  complete: () => {
    console.log(JSON.stringify({ args: process.argv.slice(2), UV_THREADPOOL_SIZE, arenas: /arena_max=1/.test(GLIBC_TUNABLES ?? '') }));
    process.exitCode = 7;
    setTimeout(() => process.exit(), 100);
  },
});`;
const IMPORT = "import { source } from 'gst-ipl';";
const programs: [name: string, text: string][] = [
  ['typed.ts', `${IMPORT}\nlet none: string | undefined;\nif (require.main === module) start();\nfunction start(): void {${BODY}}`],
  ['typed.mts', `${IMPORT}\nawait Promise.resolve();${BODY}`],
  ['plain.cjs', `const { source } = require('gst-ipl');\nif (require.main === module) start();\nfunction start() {${BODY}}`],
  ['plain.mjs', `${IMPORT}\nawait Promise.resolve();${BODY}`],
];
for (const [name, text] of programs) {
  test(`exec runs ${name} with its arguments, its exit code and a right environment`, async (t) => {
    const { code, stdout, stderr } = await exec(program(name, text), 'out.mp4', '--help').finished;
    t.is(stderr, '');
    t.deepEqual(JSON.parse(stdout), { args: ['out.mp4', '--help'], UV_THREADPOOL_SIZE: '24', arenas: true });
    t.is(code, 7);
  });
}

test('a program that throws ends with its stack and code 1', async (t) => {
  const { code, stderr } = await exec(program('throws.ts', 'interface A { b: string }\n\nthrow new TypeError("no luck");\n')).finished;
  t.is(code, 1);
  t.regex(stderr, /^TypeError: no luck\n +at .*throws\.ts:3:/);
});

test('signals reach a program, which ends as it likes', async (t) => {
  const { child, finished } = exec(program('waits.ts', "const timer = setInterval(() => undefined, 1000);\nprocess.on('SIGTERM', () => {\n  clearInterval(timer);\n  console.log('told');\n});\nconsole.log('up');\n"));
  await says(child, /up/);
  child.kill('SIGTERM');
  const { code, stdout } = await finished;
  t.is(code, 0);
  t.is(stdout, 'up\ntold\n');
});
