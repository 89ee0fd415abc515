/** Pages that are made from the elements are those that scripts/docs/pages.js makes. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { builtinElements } from '../../plugin';
import { graphMetrics, PREFIX } from '../../plugin/graph/run/graph-metrics';
import { ROOT, script } from '../setup/script';

const { generated } = script<{ generated(of: object): Record<string, string> }>('scripts/docs/pages.js');
const { contractOf } = script<{ contractOf(source: string): string }>('scripts/docs/element-page.js');
const elements = builtinElements().all();
const pages = generated({ elements, graphMetrics, prefix: PREFIX });

for (const [file, text] of Object.entries(pages)) {
  test(`${file} is up to date`, (t) => {
    t.is(readFileSync(path.join(ROOT, file), 'utf8'), text, `${file} is out of date: npm run docs:pages`);
  });
}

test('a page has every option, every metric and the contract', (t) => {
  for (const { name, options, metrics = {} } of elements) {
    const page = pages[`docs/elements/${name}.md`] ?? '';
    for (const option of Object.keys(options as object)) t.regex(page, new RegExp(`^\\| \`${option}\` \\|`, 'm'), name);
    for (const metric of Object.keys(metrics)) t.true(page.includes(`| \`${PREFIX}${metric}\` |`), metric);
    t.regex(page, /\n## Behaviour\n[^]*\n- (\*\*)?Input/, name);
  }
});

test('of a contract its first sentence and its example are left out', (t) => {
  t.is(contractOf('/**\n * `x`: an element.\n *\n * - Input: none.\n *   More.\n *\n *     nodes:\n *       a: { use: x }\n */\nimport 1;\n/** else */'), '- Input: none.\n  More.');
});
