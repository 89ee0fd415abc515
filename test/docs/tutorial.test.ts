/** The tutorial's files and commands, as they stand there, in an empty folder and by `sh`. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { temporaryFolder } from '../support/folder';
import { ROOT } from '../setup/script';

const text = readFileSync(path.join(ROOT, 'docs', 'tutorial.md'), 'utf8');
const blocks = [...text.matchAll(/^```(\w+)\n([^]*?)^```/gm)].map(([, kind = '', body = '']) => ({ kind, body }));
const commands = blocks.filter(({ kind }) => kind === 'sh').flatMap(({ body }) => body.trim().split('\n'));
/** The second graph is endless, and its port may be another's. */
const ENDS = ' --set frames=20 --set listen=0';

const folder = temporaryFolder();
for (const { body } of blocks) {
  const [, name] = /^# (\S+\.yaml)\n/.exec(body) ?? [];
  if (name !== undefined) writeFileSync(path.join(folder, name), body);
}

function run(command: string): { code: number; output: string } {
  const asked = command.replace(/^gst-ipl/, `"${process.execPath}" "${path.join(ROOT, 'bin', 'gst-ipl.js')}"`);
  try {
    const output = execFileSync('sh', ['-c', `${asked} 2>&1`], { cwd: folder, encoding: 'utf8', env: { ...process.env, GST_IPL_LOG: 'pretty' } });
    return { code: 0, output };
  } catch (error) {
    const { status, stdout } = error as { status: number; stdout: string };
    return { code: status, output: stdout };
  }
}

test.serial('it has files and commands', (t) => {
  t.deepEqual(readdirSync(folder).sort(), ['cameras.yaml', 'live.yaml']);
  t.deepEqual(commands, ['gst-ipl check cameras.yaml', 'gst-ipl run cameras.yaml', 'gst-ipl describe cameras.yaml', 'gst-ipl run live.yaml']);
});

for (const command of commands) {
  test.serial(command, (t) => {
    const { code, output } = run(command === 'gst-ipl run live.yaml' ? command + ENDS : command);
    t.is(code, 0, output);
    t.notRegex(output, /warning|lost/i);
  });
}

test.serial('what they leave', (t) => {
  t.true(existsSync(path.join(folder, 'fused.mp4')));
  t.regex(readdirSync(path.join(folder, 'recordings')).join(), /^[\d-]+T[\d-]+\.\d+Z\.mp4$/);
});

test.serial('the error that it shows is the one that comes', (t) => {
  const file = path.join(folder, 'cameras.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace('{ use: sync, from: [under, mid, over] }', '{ use: sync, from: [under, mid, over], tolerence: 8ms }'));
  const { code, output } = run('gst-ipl check cameras.yaml');
  t.is(code, 2);
  const [, shown = ''] = /```text\n([^]*?)```/.exec(text) ?? [];
  t.true(output.includes(shown), output);
});
