import { builtinElements } from '../../builtin-elements';
import type { Element } from '../../core/element';
import type { Option } from '../../core/options';
import type { Command } from '../arguments';

export const elementsCommand: Command = {
  name: 'elements',
  synopsis: '[NAME]',
  summary: 'Lists the elements of graph files, or tells the options, defaults and an example of one.',
  positionals: [0, 1],
  flags: {},
  examples: ['gst-ipl elements', 'gst-ipl elements sync'],
  run(given) {
    const registry = builtinElements();
    const [name] = given.positionals;
    if (name !== undefined) console.log(describeElement(registry.get(name)));
    else console.log(listOf(registry.all()));
    return Promise.resolve(0);
  },
};

function listOf(elements: readonly Element[]): string {
  const width = Math.max(...elements.map(({ name }) => name.length)) + 2;
  return elements.map(({ name, summary }) => `${name.padEnd(width)}${summary}`).join('\n');
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
