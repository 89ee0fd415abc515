/** Users' own modules load as they are written, whatever files are near, and what goes wrong in them is told to their author. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { defineElement, GraphError, loadGraph } from '../../../plugin';
import { ROOT } from '../../setup/script';
import { runCommand } from '../../support/command';
import { atMost } from '../../support/at-most';
import { temporaryFolder } from '../../support/folder';
import { runToEnd } from '../../support/run-graph';

const folder = temporaryFolder();

/** Each check starts a program. */
const inTurn = atMost(4);
const loaded = (file: string): ReturnType<typeof loadGraph> => inTurn(() => loadGraph(file));

/** The element that docs/code.md shows. */
const EXAMPLE = /## Elements of your own[\s\S]*?```ts\n([\s\S]*?)```/.exec(readFileSync(path.join(ROOT, 'docs', 'code.md'), 'utf8'))?.[1] ?? '';

/** A folder with these files and a graph of five pictures that pass through the module. @returns the graph file */
function project(name: string, module: string, files: Readonly<Record<string, string>>): string {
  const place = path.join(folder, name);
  mkdirSync(place);
  for (const [file, text] of Object.entries(files)) writeFileSync(path.join(place, file), text);
  const graph = path.join(place, 'graph.yaml');
  writeFileSync(graph, `nodes:\n  a: { use: source, launch: "videotestsrc num-buffers=5" }\n  mine: { use: ./${module}, from: a }\n  k: { use: sink, from: mine, launch: fakesink }\n`);
  return graph;
}

const NODE16 = '{ "compilerOptions": { "module": "node16", "target": "es2022" } }';
const INIT = '{ "compilerOptions": { "module": "nodenext", "target": "esnext", "verbatimModuleSyntax": true, "isolatedModules": true, "jsx": "react-jsx" } }';
const CJS = `const { defineElement, ONE_STREAM } = require('gst-ipl');\nexports.element = defineElement({ kind: 'stage', name: 'c', summary: '', input: ONE_STREAM, output: 'frames', options: {}, example: '', create: () => ({ connect: ([frames]) => frames }) });\nexports.define = defineElement;`;
const ESM = CJS.replace(/const (.*) = require\('gst-ipl'\)/, "import $1 from 'gst-ipl'").replaceAll('exports.', 'export const ').replace("'gst-ipl';", "'gst-ipl';\nawait Promise.resolve();");

const projects: [title: string, module: string, files: Readonly<Record<string, string>>][] = [
  ['example of docs, no file beside it', 'mine.ts', { 'mine.ts': EXAMPLE }],
  ['example of docs, module node16', 'mine.ts', { 'mine.ts': EXAMPLE, 'tsconfig.json': NODE16 }],
  ['example of docs, tsc --init', 'mine.ts', { 'mine.ts': EXAMPLE, 'tsconfig.json': INIT }],
  ['example of docs, type module', 'mine.ts', { 'mine.ts': EXAMPLE, 'tsconfig.json': INIT, 'package.json': '{ "type": "module" }' }],
  ['example of docs as .mts', 'mine.mts', { 'mine.mts': EXAMPLE }],
  ['example of docs as .cts', 'mine.cts', { 'mine.cts': EXAMPLE }],
  ['CommonJS', 'mine.js', { 'mine.js': CJS }],
  ['CommonJS as .cjs in an ES package', 'mine.cjs', { 'mine.cjs': CJS, 'package.json': '{ "type": "module" }' }],
  ['ES module', 'mine.mjs', { 'mine.mjs': ESM }],
  ['ES module as .js in an ES package', 'mine.js', { 'mine.js': ESM, 'package.json': '{ "type": "module" }' }],
];
for (const [title, module, files] of projects) {
  test(`a user's element loads and runs: ${title}`, async (t) => {
    const { error, frames } = await runToEnd(await loaded(project(title.replaceAll(' ', '-'), module, files)));
    t.is(error, undefined);
    t.is(frames('mine').length, 5);
  });
}

test("a user's element is made by the very library that runs it", async (t) => {
  const file = project('same', 'mine.mts', { 'mine.mts': `import { defineElement } from 'gst-ipl';\nimport { element as inner } from './inner';\n(globalThis as any).sameLibrary = defineElement;\nexport const element = inner;`, 'inner.ts': EXAMPLE });
  await loaded(file);
  t.is((globalThis as { sameLibrary?: unknown }).sameLibrary, defineElement);
});

test("the command runs a user's TypeScript in a folder without node_modules", async (t) => {
  const { code, stderr } = await runCommand('run', project('command', 'mine.ts', { 'mine.ts': EXAMPLE, 'tsconfig.json': NODE16, 'package.json': '{ "type": "module" }' }));
  t.is(code, 0, stderr);
  t.regex(stderr, /5 frames/);
});

test('what the compiler has to say of a module is told whole, with its line', async (t) => {
  const file = project('broken', 'mine.ts', { 'mine.ts': 'export const a: number = 1;\n\nexport const element = { kind: oops oops };\n' });
  const error = await t.throwsAsync(() => loaded(file), { instanceOf: GraphError });
  t.regex(error?.message ?? '', /^The element module \.\/mine\.ts cannot be loaded: ParseError: Unexpected token, expected "," .*broken\/mine\.ts:3:\d+$/);
});

/** The example's element, with something else where its work is. */
const throwing = (where: RegExp, code: string): string => EXAMPLE.replace(where, code);

const faults: [title: string, text: string, message: string, line: number][] = [
  ['a picture', throwing(/map\(\(frame\) => frame\)/, "map(() => {\n    throw new Error('no luck');\n  })"), 'Node "mine": no luck', 13],
  ['create()', throwing(/create: \(\) => \(/, "create: () => raise() ?? (") + '\nfunction raise(): undefined {\n  throw new TypeError("no luck");\n}\n', 'Node "mine": no luck', 16],
];
for (const [title, text, message, line] of faults) {
  test(`what a user's element throws at ${title} names the node, its place in the graph, and keeps its stack`, async (t) => {
    const name = `throws-${line}`;
    const file = project(name, 'mine.ts', { 'mine.ts': text });
    const { error } = await runToEnd(await loaded(file));
    t.is(error?.message, message);
    t.deepEqual(error?.place, { file, line: 3, column: 3, node: 'mine' });
    t.regex(error?.trace ?? '', new RegExp(`no luck[^]*at .*${name}/mine\\.ts:${line}:`));
    t.true(error?.describe().startsWith(`${file}:3:3: ${message}\n`), error?.describe());
  });
}

const slips: [title: string, given: string, message: RegExp][] = [
  ['nothing', 'undefined', /^Node "mine": It gave a value of type undefined, where a frame was wanted\.$/],
  ['something else', '({ kind: "picture" })', /^Node "mine": It gave something else than a frame/],
  ['a payload that is no bytes', '({ ...frame, payload: [1, 2] })', /^Node "mine": It gave a frame whose "payload" is no Uint8Array\.$/],
  ['too few bytes', '({ ...frame, payload: frame.payload.subarray(0, 10) })', /^Node "mine": It gave a frame of 10 bytes; its caps need \d+\.$/],
  ['a time before all', '({ ...frame, runningTime: -5n })', /^Node "mine": It gave a frame whose "runningTime" is no bigint/],
];
for (const [index, [title, given, message]] of slips.entries()) {
  test(`a user's element that gives ${title}: the error names it`, async (t) => {
    const file = project(`slip-${index}`, 'mine.ts', { 'mine.ts': throwing(/map\(\(frame\) => frame\)/, `map((frame: any) => ${given} as any)`) });
    const { error } = await runToEnd(await loaded(file));
    t.regex(error?.message ?? '', message);
    t.like(error?.place, { file, line: 3, node: 'mine' });
  });
}

const LATE = [
  ['a promise that nobody waits for', 'void Promise.reject(new Error("too late"))'],
  ['a timer', 'setTimeout(() => { throw new Error("too late"); }, 1)'],
];
for (const [index, [title, code]] of LATE.entries()) {
  test(`what a user's code throws in ${title}: files are finished, and the command says so`, async (t) => {
    const file = project(`late-${index}`, 'mine.ts', { 'mine.ts': throwing(/map\(\(frame\) => frame\)/, `map((frame) => (${code}, frame))`) });
    const out = path.join(path.dirname(file), 'out.mkv');
    writeFileSync(file, readFileSync(file, 'utf8').replace('num-buffers=5', 'is-live=true').replace('launch: fakesink', `launch: "x264enc tune=zerolatency ! matroskamux ! filesink location=${out}"`));
    const { code: status, stderr } = await runCommand('run', file);
    t.is(status, 1, stderr);
    t.regex(stderr, /Code beside the graph failed: too late/);
    t.regex(stderr, /mine\.ts:12:/);
    t.false(existsSync(`${out}.part`));
    t.true(readdirSync(path.dirname(file)).some((name) => /^out(\.cut)?\.mkv$/.test(name)), readdirSync(path.dirname(file)).join());
  });
}

test("what a user's element throws while it is checked is the module's fault, not one of gst-ipl", async (t) => {
  const file = project('check', 'mine.ts', { 'mine.ts': EXAMPLE.replace('create:', "check: () => {\n    throw new RangeError('out of luck');\n  },\n  create:") });
  const error = await t.throwsAsync(() => loaded(file), { instanceOf: GraphError });
  t.is(error?.message, 'Node "mine": out of luck');
  t.like(error?.place, { file, line: 3, column: 3 });
  t.regex(error?.describe() ?? '', /RangeError: out of luck\n +at .*check\/mine\.ts:13:/);
});
