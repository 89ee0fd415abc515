/** Thousands of damaged graph files: an error with a sentence and a place each, or a graph; never anything else. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { builtinElements, GraphError, GstIplError, parseGraphText, ElementRegistry, type Element, type StageElement } from '../../plugin';
import { describePlan, toDot, toMermaid } from '../../plugin/graph/describe';
import { ROOT } from '../support/command';
import { fuzzCount, fuzzSeed } from '../support/fuzz';
import { Mutator } from './mutate';

const GRAPHS = readdirSync(path.join(ROOT, 'graphs'))
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => readFileSync(path.join(ROOT, 'graphs', name), 'utf8'));

const TOKENS = [
  ': ', '\n', '  ', '- ', '{', '}', '[', ']', '"', "'", '&a ', '*a', '<<: *a', '!!binary ', '!!js/function ', '|', '>', '#', '---\n', '...\n', '%YAML 9\n',
  '${', '${out}', '${missing}', '$$', '}', 'null', '~', 'true', 'NaN', '.inf', '-1', '1e999', '0x10', '9'.repeat(40), '8ms', '-8ms', '1e5s',
  'nodes:', 'params:', 'use: ', 'from: ', 'launch: ', 'source', 'sync', 'ipl', 'sink', 'record', 'publish', 'filter', './x.ts', '../../etc/passwd',
  '__proto__', 'constructor', 'constructor: 1', 'toString', 'prototype', '\u0000', '\u202e', '\ufeff', '\ud800', 'é', '😀', ' ! ', '\\', '\\"', 'name=', 'fakesink', '%n%s',
  'queue: { capacity: 0 }', 'to: "srt://:1?mode=x"', 'keep: [1GB, 1GB]', 'restart: { silence: 0 }', 'from: [a, a]', 'use: ', 'a'.repeat(5000),
];

/** The elements without what GStreamer says of launch strings: a process for each of thousands would take hours. */
function withoutGStreamer(): ElementRegistry {
  const plain = (element: Element): Element => {
    if (element.kind === 'stage') return element;
    const { name, summary, input, output, options, example, check } = element;
    const stage: StageElement = { kind: 'stage', name, summary, input, output, options, example, create: () => ({ connect: ([first]) => first }) };
    return check ? { ...stage, check } : stage;
  };
  return new ElementRegistry(builtinElements().all().map(plain));
}

function isGood(t: ExecutionContext, error: unknown, text: string): boolean {
  if (!(error instanceof GstIplError)) {
    t.fail(`${String(error instanceof Error ? error.stack : error)}\n--- for ---\n${text}`);
    return false;
  }
  const problems = error instanceof GraphError ? error.problems : [error];
  const good = problems.length > 0 && problems.every(({ message, place }) => message.length > 10 && place !== undefined);
  if (!good) t.fail(`${JSON.stringify(problems)}\n--- for ---\n${text}`);
  return good;
}

const GRAPHS_DAMAGED = fuzzCount(3000);

/** Of the graphs that are accepted, so many of a hundred are also asked of GStreamer, in processes of their own. */
const ASKED_PERCENT = 4;

/** What is accepted can be told, too. */
async function parseAndDescribe(text: string, registry: ElementRegistry): Promise<void> {
  const graph = await parseGraphText(text, {}, registry);
  for (const told of [describePlan(graph.plan), toMermaid(graph.checked), toDot(graph.checked)]) if (told === '') throw new Error('It is described by nothing.');
}

test.serial('thousands of damaged graph files', async (t) => {
  t.timeout(600_000 + GRAPHS_DAMAGED * 100);
  const mutator = new Mutator(fuzzSeed(42));
  const registry = withoutGStreamer();
  const found = { refused: 0, accepted: 0, asked: 0, slowest: 0 };
  for (let count = 0; count < GRAPHS_DAMAGED; count += 1) {
    const text = mutator.text(mutator.pick(GRAPHS), TOKENS);
    const before = process.cpuUsage();
    try {
      await parseAndDescribe(text, registry);
      found.accepted += 1;
      if (mutator.below(100) < ASKED_PERCENT) {
        found.asked += 1;
        await parseAndDescribe(text, builtinElements());
      }
    } catch (error) {
      found.refused += 1;
      if (!isGood(t, error, text)) return;
    }
    found.slowest = Math.max(found.slowest, process.cpuUsage(before).user / 1e6);
  }
  t.log({ ...found, cpuSeconds: process.cpuUsage().user / 1e6 });
  t.true(found.refused > GRAPHS_DAMAGED / 2 && found.accepted > GRAPHS_DAMAGED / 60, JSON.stringify(found));
  t.true(found.slowest < 2, 'A graph file must not keep the processor busy for seconds.');
});

test.serial('files that are traps for readers of YAML', async (t) => {
  const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${['b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'].map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[index]}`).join()}]`).join('\n')}\n`;
  const traps = [
    '', ' ', '\u0000', '\ufeff', '[]', '42', 'nodes', 'nodes: []', 'nodes: {}', 'nodes: { a: }', 'nodes: { a: { use: } }', 'nodes: { a: { use: [source] } }',
    bomb, `${bomb}nodes: { a: { use: sync, from: [*i] } }`, `nodes: { x: { use: sync, tolerance: *a } }`, 'x: &x { y: *x }\nnodes: *x',
    `nodes: ${'['.repeat(5000)}`, `nodes: ${'{a: '.repeat(3000)}`, `nodes:\n${Array.from({ length: 3000 }, (_, index) => `  n${index}: { use: sync, from: [n${index + 1}] }`).join('\n')}`,
    'nodes: { a: { use: sync, from: [a, a] } }', 'nodes: { a: { use: ipl, from: b }, b: { use: ipl, from: a } }', 'nodes: { __proto__: { use: source } }',
    'nodes: { a: { use: source, launch: x, constructor: 1, toString: 2, __proto__: 3, hasOwnProperty: 4 }, k: { use: sink, from: a, launch: constructor } }',
    `nodes:\n${Array.from({ length: 60 }, (_, index) => `  p${index}: { use: sync, from: [p${index + 1}, q${index + 1}] }\n  q${index}: { use: sync, from: [p${index + 1}, q${index + 1}] }`).join('\n')}`,
    `nodes:\n${Array.from({ length: 4000 }, (_, index) => `  n${index}: { use: filter, from: n${(index + 1) % 4000}, launch: identity }`).join('\n')}`,
    'params: { __proto__: x }\nnodes: { a: { use: toString } }', 'nodes: { constructor: { use: constructor, from: constructor } }',
  ];
  for (const text of traps) {
    const error: unknown = await parseGraphText(text, {}, withoutGStreamer()).then(() => undefined, (reason: unknown) => reason);
    t.true(isGood(t, error, text.slice(0, 300)));
  }
});
