/** Checks what the nodes of a graph read from: that it exists, fits, leads somewhere, and goes round in no circle. */
import type { Place, Problem } from '../../core/errors';
import type { Element, Medium } from '../../core/element';
import { suggestion } from '../../core/nearest';
import type { GraphDocument, WrittenNode } from './document';
import { findCycle } from '../walk';

type Report = (place: Place, message: string, hint?: string) => void;

/**
 * @param elements the elements of those nodes whose element is known, by node name
 * @param heard nodes whose sound is taken
 */
export function checkEdges(document: GraphDocument, elements: ReadonlyMap<string, Element>, heard: ReadonlySet<string>, problems: Problem[]): void {
  const report: Report = (place, message, hint) => problems.push({ code: 'bad-graph', message, place, hint });
  const names = [...document.nodes.map(({ name }) => name.value), ...document.brokenNodes];
  const consumed = new Set([...document.nodes.flatMap(({ from }) => from.map(({ value }) => value)), ...heard]);
  for (const node of document.nodes) {
    const { name } = node;
    const element = elements.get(name.value);
    if (!element) continue;
    checkInputCount(node, element, report);
    checkInputs(node, element, elements, names, report);
    if (element.output !== 'none' && !consumed.has(name.value)) {
      const hint = `Add a sink: { use: sink, from: ${name.value}, launch: ... }`;
      report(name.place, `Nothing reads from node "${name.value}".`, hint);
    }
  }
  const cycle = findCycle(document.nodes.map(({ name, from }) => ({ name: name.value, from: from.map(({ value }) => value) })));
  if (!cycle) return;
  const place = document.nodes.find(({ name }) => name.value === cycle[0])?.name.place ?? {};
  const way = [...cycle, cycle[0]].join(' -> ');
  report(place, `The graph has a cycle: ${way}.`, 'Frames flow one way, from sources to sinks.');
}

function checkInputCount({ name, from }: WrittenNode, element: Element, report: Report): void {
  const { min, max } = element.input;
  if (from.length >= min && from.length <= max) return;
  const exactly = max === 0 ? 'no input' : `${min} input`;
  const wanted = min === max ? exactly : `${min} to ${max} inputs`;
  const hint = max === 0 ? 'Remove `from`.' : 'Name the nodes to read from in `from`.';
  report(name.place, `Node "${name.value}" (${element.name}) takes ${wanted}, but has ${from.length}.`, hint);
}

function checkInputs(
  { name, from }: WrittenNode,
  element: Element,
  elements: ReadonlyMap<string, Element>,
  names: readonly string[],
  report: Report,
): void {
  for (const [index, input] of from.entries()) {
    if (input.value === '') continue; // It is no name, which was reported.
    const reads = `Node "${name.value}" reads from "${input.value}"`;
    if (from.findIndex(({ value }) => value === input.value) < index) {
      report(input.place, `${reads} twice.`, 'Every branch must be another node.');
    }
    if (!names.includes(input.value)) report(input.place, `${reads}, which does not exist.`, suggestion(input.value, names));
    const producer = elements.get(input.value);
    const { max, medium } = element.input;
    if (!producer || max === 0 || producer.output === medium) continue;
    const gives = producer.output === 'none' ? 'gives nothing' : `gives ${producer.output}`;
    report(
      input.place,
      `Node "${name.value}" (${element.name}) needs ${medium}, but "${input.value}" (${producer.name}) ${gives}.`,
      mediumHint(medium, producer.output),
    );
  }
}

function mediumHint(needed: Medium, given: Medium | 'none'): string | undefined {
  if (needed === 'exposures' && given === 'frames') return 'Put a `sync` node between: it makes exposure sets of streams.';
  if (needed === 'frames' && given === 'exposures') return 'Put an `ipl` node between: it makes frames of exposure sets.';
  return undefined;
}
