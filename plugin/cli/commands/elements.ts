import { builtinElements } from '../../builtin-elements';
import type { Element } from '../../core/element';
import type { Option } from '../../core/options';
import type { Command } from '../arguments';
import { detailFlags, detailOf, type Detail } from '../detail';
import { JSON_FLAG, printJson, wantsJson } from '../json-flag';

export const elementsCommand: Command = {
  name: 'elements',
  synopsis: '[NAME] [--quiet | --verbose | --json]',
  summary: 'Lists the elements of graph files, or shows the options, defaults and an example of one.',
  positionals: [0, 1],
  words: () => builtinElements().all().map(({ name }) => name),
  flags: { ...detailFlags('Names only; of one element those of its options.', 'All options of all elements.'), json: JSON_FLAG },
  examples: ['gst-ipl elements', 'gst-ipl elements sync', 'gst-ipl elements --json'],
  run(given) {
    const registry = builtinElements();
    const [name] = given.positionals;
    const detail = detailOf(given);
    if (wantsJson(given)) printJson(name === undefined ? registry.all().map(dataOf) : dataOf(registry.get(name)));
    else if (name === undefined) console.log(listOf(registry.all(), detail));
    else console.log(detail === 'quiet' ? Object.keys(registry.get(name).options as object).join('\n') : describeElement(registry.get(name)));
    return Promise.resolve(0);
  },
};

function listOf(elements: readonly Element[], detail: Detail): string {
  if (detail === 'quiet') return elements.map(({ name }) => name).join('\n');
  if (detail === 'verbose') return elements.map(describeElement).join('\n\n\n');
  const width = Math.max(...elements.map(({ name }) => name.length)) + 2;
  return elements.map(({ name, summary }) => `${name.padEnd(width)}${summary}`).join('\n');
}

/** What describeElement says, and what the element publishes. */
function dataOf({ name, kind, summary, input, output, options, metrics = {}, example }: Element): Record<string, unknown> {
  const described = Object.entries(options as Record<string, Option<unknown>>).map(([option, { syntax, summary: does, defaultText, required, schema }]) =>
    [option, { syntax, summary: does, required, default: defaultText, schema }] as const);
  return { name, kind, summary, input, output, options: Object.fromEntries(described), metrics, example };
}

function describeElement(element: Element): string {
  const { min, max, medium } = element.input;
  const input = max === 0 ? 'none' : `${medium} of ${min === max ? `${min} node` : `${min} to ${max} nodes`}`;
  const options = Object.entries(element.options as Record<string, Option<unknown>>).map(([name, option]) =>
    [
      `  ${name}: ${option.syntax}`,
      `      ${option.summary}`,
      `      ${option.defaultText === undefined ? 'Required.' : `Default: ${option.defaultText}`}`,
    ].join('\n'),
  );
  return [
    `${element.name}: ${element.summary}`,
    '',
    `Input:  ${input}`,
    `Output: ${element.output}`,
    '',
    'Options:',
    ...options,
    '',
    'Example:',
    `  ${element.example}`,
  ].join('\n');
}
