/** Checks whose sound nodes take: that it is there, that it is a source, and that it has any to give. */
import type { Element } from '../../core/element';
import type { Place, Problem } from '../../core/errors';
import { suggestion } from '../../core/nearest';
import type { CheckedNode } from '../checked-graph';
import { formsHeard } from '../sounds';
import type { GraphDocument } from './document';
import type { Parameters } from './parameters';
import { problemOf } from './check-node';

/** Names of nodes whose sound is taken, as far as is known before options are read. */
export function heardNodes(document: GraphDocument, elements: ReadonlyMap<string, Element>, parameters: Parameters): ReadonlySet<string> {
  const names = document.nodes.flatMap(({ name, options }) => {
    const option = elements.get(name.value)?.soundOption;
    const written = option === undefined ? undefined : options.get(option);
    return written ? [String(parameters.resolve(written.value, false, written.place, []))] : [];
  });
  return new Set(names);
}

export function checkSound(document: GraphDocument, nodes: readonly CheckedNode[], problems: Problem[]): void {
  const names = [...document.nodes.map(({ name }) => name.value), ...document.brokenNodes];
  for (const { name, element, hears } of nodes) {
    if (hears === undefined) continue;
    const place = document.nodes.find((node) => node.name.value === name)?.options.get(element.soundOption ?? '')?.place ?? {};
    const report = (message: string, hint?: string): void => void problems.push({ code: 'bad-graph', message, place, hint });
    const source = nodes.find((node) => node.name === hears.node);
    if (!names.includes(hears.node)) report(`Node "${name}" takes the sound of "${hears.node}", which does not exist.`, suggestion(hears.node, names));
    else if (source) checkSource(name, source, nodes, place, problems, report);
  }
}

function checkSource(
  name: string,
  source: CheckedNode,
  nodes: readonly CheckedNode[],
  place: Place,
  problems: Problem[],
  report: (message: string, hint?: string) => void,
): void {
  const { name: node, element, options } = source;
  if (!element.soundOf) {
    return report(`Node "${name}" takes the sound of "${node}" (${element.name}), which is no source.`, 'Sound comes from a `source`: name the camera, or give the microphone a node of its own.');
  }
  try {
    element.soundOf(options, { picturesRead: nodes.some(({ from }) => from.includes(node)), forms: formsHeard(node, nodes) });
  } catch (error) {
    problems.push(problemOf(error, place, `Node "${name}" takes the sound of "${node}": `));
  }
}
