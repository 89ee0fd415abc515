/** What programs and newcomers ask the command for: JSON, several graphs at once, a first graph, completion. */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { COMMANDS } from '../../plugin/cli/commands';
import { completionFor } from '../../plugin/cli/completion';
import { firstGraph } from '../../plugin/cli/first-graph';
import { inColumns } from '../../plugin/cli/wrap';
import { parseGraphText } from '../../plugin';
import { ROOT, runCommand, startProgram } from '../support/command';
import { temporaryFolder } from '../support/folder';

const folder = temporaryFolder();
const jsonOf = async (...args: readonly string[]): Promise<any> => JSON.parse((await runCommand(...args)).stdout);

const GOOD = 'nodes:\n  a: { use: source, launch: videotestsrc }\n  b: { use: sink, from: a, launch: fakesink }\n';

test('check takes several graphs, and says of each what is wrong, as text and as JSON', async (t) => {
  const [good, bad] = ['good.yaml', 'bad.yaml'].map((name) => path.join(folder, name)) as [string, string];
  writeFileSync(good, GOOD);
  writeFileSync(bad, GOOD.replace('fakesink', 'fakesinc').replace('videotestsrc', 'rtspsrc location=rtsp://a:secret@h/'));
  const { code, stdout, stderr } = await runCommand('check', good, bad, '/nowhere.yaml');
  t.is(code, 2);
  t.is(stdout, `${good}: 2 nodes, nothing wrong.\n`);
  t.regex(stderr, /bad\.yaml:3:.*fakesinc/);
  t.regex(stderr, /nowhere\.yaml does not exist/);
  const [first, second] = await jsonOf('check', good, bad, '--json');
  t.deepEqual(first, { file: good, ok: true, nodes: 2, problems: [] });
  t.like(second, { file: bad, ok: false });
  t.like(second.problems[0], { file: bad, line: 3 });
  t.regex(second.problems[0].message, /fakesinc/);
  t.false(JSON.stringify(second).includes('secret'));
});

test('check and describe read standard input', async (t) => {
  const check = (text: string, command = 'check'): Promise<{ code: number | null; out: string }> =>
    new Promise((resolve) => {
      const child = spawn(process.execPath, [path.join(ROOT, 'bin', 'gst-ipl.js'), command, '-'], { cwd: ROOT });
      let out = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (out += chunk.toString()));
      child.once('close', (code) => resolve({ code, out }));
      child.stdin.end(text);
    });
  t.deepEqual(await check(GOOD), { code: 0, out: '-: 2 nodes, nothing wrong.\n' });
  const { code, out } = await check(GOOD.replace('from: a', 'from: c'));
  t.is(code, 2);
  t.regex(out, /^-:3:\d+: Node "b" reads from "c", which does not exist/m);
  const described = await check(GOOD, 'describe');
  t.is(described.code, 0);
  t.regex(described.out, /videotestsrc ! .*fakesink/);
});

test('elements, describe and doctor give what they show as JSON', async (t) => {
  const elements = await jsonOf('elements', '--json');
  t.true(elements.some(({ name }: { name: string }) => name === 'sync'));
  const sync = await jsonOf('elements', 'sync', '--json');
  t.regex(sync.options.tolerance.default, /^half a frame duration/);
  t.is(sync.metrics.sync_sets_total.kind, 'counter');
  const { pipelines, stages } = await jsonOf('describe', 'graphs/filtered.yaml', '--json');
  t.true(pipelines.some(({ launch }: { launch: string }) => /videobalance saturation=1\.1/.test(launch)));
  t.like(stages.find(({ name }: { name: string }) => name === 'fused'), { element: 'ipl' });
  const { version, findings, facts } = await jsonOf('doctor', '--json', '--verbose');
  t.regex(facts['onnxruntime-node'], /^\d+\.\d+/);
  t.regex(version, /^\d+\.\d+\.\d+/);
  t.true(findings.some(({ state, text }: { state: string; text: string }) => state === 'works' && /^GStreamer 1/.test(text)));
});

test('check, describe and elements say less with --quiet, and more with --verbose', async (t) => {
  const graph = path.join(folder, 'detail.yaml');
  writeFileSync(graph, GOOD.replace('use: source, launch: videotestsrc', 'use: source, launch: "videotestsrc ! video/x-raw,width=64"').replace('b:', 's: { use: alternate, from: a, exposures: [dark, bright] }\n  f: { use: ipl, from: s, shadows: 0.5 }\n  b:').replace('from: a, launch', 'from: f, launch'));
  const out = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await runCommand(...args);
    t.deepEqual([code, stderr], [0, ''], args.join(' '));
    return stdout;
  };
  const [quiet, loud, bare, names] = await Promise.all([out('check', graph, '-q'), out('check', graph, '-v'), out('describe', graph, '-q'), out('elements', '-q')]);
  t.is(quiet, '');
  t.regex(loud, /4 nodes, nothing wrong\.[^]*Stage "f" \(ipl\)[^]*shadows: 0\.5/);
  t.notRegex(loud, /highlights/); // As by default.
  t.regex(bare, /Stage "f" \(ipl\)/);
  t.notRegex(bare, /shadows/);
  t.true(names.split('\n').includes('sync'));
});

test('run is quiet where that is asked for, but for what is wrong; and says all that runs', async (t) => {
  const graph = path.join(folder, 'run.yaml');
  writeFileSync(graph, GOOD.replace('videotestsrc', '"videotestsrc num-buffers=3"'));
  t.deepEqual(await runCommand('run', graph, '--quiet'), { code: 0, stdout: '', stderr: '' });
  t.regex((await runCommand('run', graph, '--verbose')).stderr, /GStreamer pipeline[^]*videotestsrc num-buffers=3 ! [^]*fakesink/);
  writeFileSync(graph, GOOD.replace('videotestsrc', '"videotestsrc num-buffers=0"'));
  const empty = await runCommand('run', graph, '--quiet');
  t.is(empty.code, 1);
  t.not(empty.stderr, '');
  t.is((await runCommand('run', graph, '--quiet', '--verbose')).code, 2);
});

test('run logs from a level on, and of single nodes from another', async (t) => {
  const graph = path.join(folder, 'levels.yaml');
  writeFileSync(graph, GOOD.replace('videotestsrc', '"videotestsrc num-buffers=3"'));
  const ofNode = await runCommand('run', graph, '--log', 'json', '--log-level', 'warning,b=debug');
  const entries = ofNode.stderr.trim().split('\n').map((line) => JSON.parse(line) as { level: string; node?: string; event: string });
  t.true(entries.length > 0 && entries.every(({ level, node, event }) => level === 'debug' && node === 'b' && event === 'phase'), ofNode.stderr);
  const wrong = await Promise.all([['info,b=loud'], ['info,c=debug'], ['info', '--quiet']].map((levels) => runCommand('run', graph, '--log-level', ...levels)));
  t.deepEqual(wrong.map(({ code }) => code), [2, 2, 2]);
  t.regex(wrong[0]?.stderr ?? '', /--log-level: "loud" is no log level/);
  t.regex(wrong[1]?.stderr ?? '', /"c" is asked for, and the graph has no such node/);
  t.regex(wrong[2]?.stderr ?? '', /--quiet and --log-level contradict/);
});

test('init writes a graph that runs, refuses to replace one, and asks nobody where nobody is', async (t) => {
  const file = path.join(folder, 'first.yaml');
  const { code, stdout } = await runCommand('init', file, '--source', 'test', '--source', 'test', '--to', path.join(folder, 'a b.mp4'));
  t.is(code, 0);
  t.regex(stdout, /gst-ipl run /);
  t.is((await runCommand('check', file)).code, 0);
  const before = readFileSync(file, 'utf8');
  t.is((await runCommand('init', file, '--source', 'test', '--source', 'test')).code, 2);
  t.is(readFileSync(file, 'utf8'), before);
  const { finished } = startProgram([path.join(ROOT, 'bin', 'gst-ipl.js'), 'init', path.join(folder, 'asked.yaml')]);
  t.regex((await finished).stderr, /nobody to ask/);
  t.false(existsSync(path.join(folder, 'asked.yaml')));
});

test('a first graph is right for files, addresses and devices, two to five of them, whatever their names', async (t) => {
  for (const sources of [['a b.mp4', 'c".mp4'], ['rtsp://h/a', 'rtsp://h/b', 'srt://h:1'], ['/dev/video0', '/dev/video2', 'test', 'x.mp4'], ['a', 'b', 'c', 'd', 'e']]) {
    for (const output of ['page', 'screen', 'out dir/fused.mp4', 'srt://h:7001', 'hls:out']) {
      const { checked } = await parseGraphText(firstGraph({ sources, output }), { dry: true });
      t.is(checked.nodes.length, sources.length + 3);
      t.is(checked.nodes.at(-1)?.element.name, { page: 'preview', 'srt://h:7001': 'publish', 'hls:out': 'publish' }[output] ?? 'sink');
    }
  }
  for (const count of [1, 6]) t.throws(() => firstGraph({ sources: Array<string>(count).fill('test'), output: 'page' }), { message: /two to five exposures, not / });
});

test('help stays in its columns on a terminal, and is one line elsewhere', (t) => {
  const text = 'Fuses two to five exposures of one instant into one picture.';
  t.is(inColumns('  run  ', text, 50), '  run  Fuses two to five exposures of one instant\n       into one picture.');
  t.is(inColumns('  run  ', text, undefined), `  run  ${text}`);
  t.is(inColumns(' '.repeat(30), text, 50), ' '.repeat(30) + text); // Narrower than anybody reads.
});

test('completion: bash completes commands, their options and files; all shells know all commands', (t) => {
  const complete = (...words: readonly string[]): string[] =>
    execFileSync('bash', ['-c', `${completionFor('bash', COMMANDS)}\nCOMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _gst_ipl; printf '%s\\n' "\${COMPREPLY[@]}"`, 'bash', ...words], { cwd: ROOT, encoding: 'utf8' }).trim().split('\n');
  t.deepEqual(complete('gst-ipl', 'desc'), ['describe']);
  t.deepEqual(complete('gst-ipl', 'describe', '--m'), ['--mermaid']);
  t.deepEqual(complete('gst-ipl', 'run', 'tsconfig.j'), ['tsconfig.json']);
  t.deepEqual(complete('gst-ipl', 'elements', 'al'), ['alternate']);
  t.deepEqual(complete('gst-ipl', 'completion', ''), ['bash', 'zsh', 'fish']);
  t.deepEqual(complete('gst-ipl', 'fuse', '--align', 'o'), ['off']);
  for (const { name, summary } of COMMANDS) {
    t.true(completionFor('fish', COMMANDS).includes(`-a ${name} -d '${summary.replace(/[\\']/g, (sign) => `\\${sign}`)}'`), name);
    t.true(completionFor('zsh', COMMANDS).includes(`    ${name}) _arguments `), name);
  }
});
