/** Checks one node: its options against its element's table, and what only the element can say. */
import path from 'node:path';
import { GstIplError, messageOf, traceOf, type Place, type Problem } from '../../core/errors';
import { optionTable, type Element } from '../../core/element';
import { suggestion } from '../../core/nearest';
import type { CheckedNode, Hearing } from '../checked-graph';
import type { GraphDocument, WrittenNode } from './document';
import type { Parameters } from './parameters';
import { isUserElement } from './user-element';

/** What every node has beside its element's options. */
const COMMON_KEYS = ['use', 'from'];

/** What a node is checked against. */
export interface NodeSurroundings {
  readonly document: GraphDocument;
  readonly elements: ReadonlyMap<string, Element>;
  readonly parameters: Parameters;
  readonly problems: Problem[];
  /** What the graph names outside of itself need not be there. */
  readonly dry: boolean;
}

export function readNode(node: WrittenNode, element: Element, surroundings: NodeSurroundings): CheckedNode {
  const { problems } = surroundings;
  const before = problems.length;
  const name = node.name.value;
  const from = node.from.map(({ value }) => value);
  const read = { name, element, options: {}, from, branches: [], hears: undefined, launch: undefined, files: [], needs: [], place: node.name.place };
  let options: Record<string, unknown> = {};
  try {
    options = readOptions(node, element, surroundings);
    const branches = branchesOf(from, surroundings);
    if (problems.length > before) return { ...read, options, branches };
    element.check?.(options, { from, branches });
    if (!surroundings.dry) element.checkFiles?.(options, { from, branches });
    const launch = element.kind === 'fragment' ? element.launch(options) : undefined;
    const files = element.files?.(options) ?? [];
    const hears = hearingOf(element, options);
    return { ...read, element: element.variant?.(options) ?? element, options, branches, hears, launch, files, needs: element.needs?.(options) ?? [] };
  } catch (error) {
    problems.push(problemOf(error, placeOfFault(error, node, options), `Node "${name}": `, isUserElement(node.use.value)));
    return read;
  }
}

function hearingOf(element: Element, options: Readonly<Record<string, unknown>>): Hearing | undefined {
  const node = options[element.soundOption ?? ''];
  const form = element.soundForm?.(options);
  return typeof node === 'string' && form ? { node, form } : undefined;
}

/** That of the option whose value the error speaks of, or of the node. */
function placeOfFault(error: unknown, node: WrittenNode, options: Readonly<Record<string, unknown>>): Place {
  const message = error instanceof Error ? error.message : '';
  const quoted = [...message.matchAll(/"([^"]{3,})"/g)].map(([, text = '']) => text);
  for (const [name, written] of node.options) {
    const value = options[name];
    if (typeof value !== 'string' || value === '') continue;
    if (message.includes(value) || quoted.some((text) => value.includes(text))) return written.place;
  }
  return node.name.place;
}

function readOptions(node: WrittenNode, element: Element, { document, parameters, problems }: NodeSurroundings): Record<string, unknown> {
  const table = optionTable(element);
  const name = node.name.value;
  const options: Record<string, unknown> = {};
  const report = (message: string, place: Place, hint: string): void => {
    problems.push({ code: 'bad-option', message, place, hint });
  };
  for (const [key, written] of node.options) {
    const option = Object.hasOwn(table, key) ? table[key] : undefined;
    if (!option) {
      const hint = suggestion(key, [...Object.keys(table), ...COMMON_KEYS]);
      report(`Element "${element.name}" has no option "${key}".`, written.namePlace, hint);
      continue;
    }
    try {
      const value = option.read(parameters.resolve(written.value, option.launch === true, written.place, problems));
      const beside = option.besideGraph && typeof value === 'string' && value !== '';
      options[key] = beside ? path.resolve(path.dirname(document.file), value) : value;
    } catch (error) {
      problems.push(problemOf(error, written.place, `Option "${key}" of node "${name}": `, isUserElement(node.use.value)));
    }
  }
  for (const [key, option] of Object.entries(table)) {
    if (!option || node.options.has(key)) continue;
    if (option.required) report(`Node "${name}" (${element.name}) lacks the option "${key}".`, node.name.place, option.summary);
    options[key] = option.fallback;
  }
  return options;
}

/** The branches of the exposure sets that a node reads. */
function branchesOf(from: readonly string[], surroundings: NodeSurroundings): string[] {
  const { document, elements } = surroundings;
  return from.flatMap((name) => {
    const element = elements.get(name);
    const node = document.nodes.find((candidate) => candidate.name.value === name);
    if (element?.output !== 'exposures' || !node) return [];
    if (!element.branches) return node.from.map(({ value }) => value);
    // What is wrong with these options is reported where their own node is read.
    return element.branches(readOptions(node, element, { ...surroundings, problems: [] }));
  });
}

/**
 * A problem made of what was thrown. What is not a GstIplError is thrown on: it is a defect of gst-ipl, unless the code that
 * threw it is the user's.
 */
export function problemOf(error: unknown, place: Place, prefix = '', users = false): Problem {
  if (error instanceof GstIplError) {
    const { code, message, hint, trace } = error;
    return { code, message: prefix + message, place, hint, trace };
  }
  if (!users) throw error;
  return { code: 'bad-graph', message: prefix + messageOf(error), place, trace: traceOf(error) };
}
