#!/usr/bin/env node
'use strict';

/**
 * Pages of docs/ and types that are made from the elements themselves: `npm run docs:pages`. They are committed, so that a clone can be read
 * without a build; test/docs/pages.test.ts fails where one is out of date.
 */

const { readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { elementPage, metricsTable } = require('./element-page.js');
const { optionTypes } = require('./option-types.js');

const ROOT = join(__dirname, '..', '..');
const read = (file) => readFileSync(join(ROOT, file), 'utf8');

/**
 * @param {{ elements: readonly object[], graphMetrics: object, prefix: string }} of
 * @returns {Record<string, string>} text by path, from the root of the repository
 */
function generated({ elements, graphMetrics, prefix }) {
  const pages = elements.map((element) => {
    const { name } = element;
    const page = elementPage({ element, prefix, source: read(`plugin/${name}/index.ts`), graph: read(`docs/graphs/${name}.yaml`) });
    return [`docs/elements/${name}.md`, page];
  });
  const types = elements.map((element) => [`plugin/${element.name}/options.generated.ts`, optionTypes(element)]);
  return { ...Object.fromEntries([...pages, ...types]), 'docs/elements/index.md': listPage(elements), 'docs/metrics.md': metricsPage(elements, graphMetrics, prefix) };
}

const NOTE = '<!-- Written by scripts/docs/pages.js: `npm run docs:pages`. -->';

function listPage(elements) {
  const rows = elements.map(({ name, summary }) => `| [${name}](${name}.md) | ${summary} |`);
  return ['# Elements', NOTE, 'What `use:` names in a graph file. An element of your own is [a module](../code.md#elements-of-your-own).', ['| element | what it does |', '|---|---|', ...rows].join('\n')].join('\n\n') + '\n';
}

function metricsPage(elements, graphMetrics, prefix) {
  const own = elements.filter(({ metrics }) => metrics !== undefined);
  const parts = own.map(({ name, metrics }) => `## ${name}\n\n${metricsTable(metrics, prefix)}`);
  const head = [
    '# Metrics', NOTE,
    'Served at `/metrics` in the text format of Prometheus: `gst-ipl run GRAPH --metrics 9464`, or beside the page of `preview`. Each has the label `node`. [Monitoring](monitoring.md) says what to alert on.',
    '## Every node', metricsTable(graphMetrics, prefix),
  ];
  return [...head, ...parts].join('\n\n') + '\n';
}

module.exports = { generated };

if (require.main === module) {
  require('../typescript.js');
  const { builtinElements } = require('../../plugin/builtin-elements.ts');
  const { PREFIX, graphMetrics } = require('../../plugin/graph/run/graph-metrics.ts');
  for (const [file, text] of Object.entries(generated({ elements: builtinElements().all(), graphMetrics, prefix: PREFIX }))) writeFileSync(join(ROOT, file), text);
}
