'use strict';

/** The page of an element: what `gst-ipl elements NAME` prints, a graph that runs, its metrics, and the contract at the top of its index.ts. */

const cell = (text) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
const table = (head, rows) => [`| ${head.join(' | ')} |`, `|${head.map(() => '---|').join('')}`, ...rows.map((row) => `| ${row.map(cell).join(' | ')} |`)].join('\n');

/** The comment at the top of a file, without its first sentence, which is the summary, and without its example. */
function contractOf(source) {
  const [, comment = ''] = /^\/\*\*\n([^]*?)\n \*\//.exec(source) ?? [];
  const text = comment.split('\n').map((line) => line.replace(/^ \* ?/, '')).join('\n');
  return text.slice(text.indexOf('\n\n') + 2).replace(/\n+ {4}nodes:\n[^]*$/, '').trim();
}

function optionsOf(element) {
  const rows = Object.entries(element.options).map(([name, { syntax, summary, defaultText }]) => [`\`${name}\``, `\`${syntax}\``, summary, defaultText ?? '**required**']);
  return rows.length === 0 ? 'None.' : table(['option', 'value', 'what it does', 'default'], rows);
}

/** Rows for any table of metrics; `prefix` is what is published before the names. */
function metricsTable(metrics, prefix) {
  const kindOf = ({ kind, loss, partOf }) => [kind, loss ? 'counts drops' : '', partOf ? `part of \`${prefix}${partOf}\`` : ''].filter(Boolean).join(', ');
  return table(['metric', 'kind', 'what it counts or shows'], Object.entries(metrics).map(([name, one]) => [`\`${prefix}${name}\``, kindOf(one), one.help]));
}

function inputOf({ min, max, medium }) {
  if (max === 0) return 'nothing';
  return `${medium === 'exposures' ? 'exposure sets' : 'frames'} of ${min === max ? 'one node' : `${min} to ${max} nodes`}`;
}

const OUTPUT = { none: 'nothing', frames: 'frames', exposures: 'exposure sets' };

/** @returns {string} Markdown */
function elementPage({ element, source, graph, prefix }) {
  const metrics = element.metrics === undefined ? [] : ['## Metrics', metricsTable(element.metrics, prefix)];
  return [
    `# ${element.name}`,
    `<!-- Written by scripts/docs/pages.js from plugin/${element.name}/index.ts: change it there. -->`,
    element.summary,
    `Reads ${inputOf(element.input)}, gives ${OUTPUT[element.output]}.`,
    '## A graph that runs',
    `Needs nothing but GStreamer: save it as \`${element.name}.yaml\` in an empty folder, and \`gst-ipl run ${element.name}.yaml\`.`,
    `\`\`\`yaml\n${graph.trim()}\n\`\`\``,
    '## Options',
    optionsOf(element),
    ...metrics,
    '## Behaviour',
    'Paths in brackets are files of the source, below `plugin/`.',
    contractOf(source),
  ].join('\n\n') + '\n';
}

module.exports = { contractOf, elementPage, metricsTable };
