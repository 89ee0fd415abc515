/** Checks one node: its options against its element's table, and what only the element can say. */
import { GstIplError, type Place, type Problem } from '../errors';
import { optionTable, type Element } from '../element';
import type { FileUse } from '../file-use';
import { suggestion } from '../nearest';
import type { GraphDocument, WrittenNode } from './document';
import type { Parameters } from './parameters';

/** A node whose element, options and inputs are known to be right. */
export interface CheckedNode {
  readonly name: string;
  readonly element: Element;
  readonly options: Readonly<Record<string, unknown>>;
  readonly from: readonly string[];
  /** Where the node reads exposure sets: the branches that they are made of. */
  readonly branches: readonly string[];
  /** The launch string with parameters put in, of fragments and of their variants. */
  readonly launch: string | undefined;
  /** What its element says it reads and writes, beside what its launch string says. */
  readonly files: readonly FileUse[];
  readonly place: Place;
}

/** What every node has beside its element's options. */
const COMMON_KEYS = ['use', 'from'];

/** What a node is checked against. */
export interface NodeSurroundings {
  readonly document: GraphDocument;
  readonly elements: ReadonlyMap<string, Element>;
  readonly parameters: Parameters;
  readonly problems: Problem[];
}

export function readNode(node: WrittenNode, element: Element, surroundings: NodeSurroundings): CheckedNode {
  const { problems } = surroundings;
  const before = problems.length;
  const options = readOptions(node, element, surroundings);
  const name = node.name.value;
  const from = node.from.map(({ value }) => value);
  const branches = branchesOf(from, surroundings);
  if (problems.length === before) {
    try {
      element.check?.(options, { from, branches });
    } catch (error) {
      problems.push(problemOf(error, node.name.place, `Node "${name}": `));
    }
  }
  if (problems.length > before) return { name, element, options, from, branches, launch: undefined, files: [], place: node.name.place };
  const launch = element.kind === 'fragment' ? element.launch(options) : undefined;
  const files = element.files?.(options) ?? [];
  return { name, element: element.variant?.(options) ?? element, options, from, branches, launch, files, place: node.name.place };
}

function readOptions(node: WrittenNode, element: Element, { parameters, problems }: NodeSurroundings): Record<string, unknown> {
  const table = optionTable(element);
  const name = node.name.value;
  const options: Record<string, unknown> = {};
  const report = (message: string, place: Place, hint: string): void => {
    problems.push({ code: 'bad-option', message, place, hint });
  };
  for (const [key, written] of node.options) {
    const option = table[key];
    if (!option) {
      const hint = suggestion(key, [...Object.keys(table), ...COMMON_KEYS]);
      report(`Element "${element.name}" has no option "${key}".`, written.namePlace, hint);
      continue;
    }
    try {
      options[key] = option.read(parameters.resolve(written.value, option.launch === true, written.place, problems));
    } catch (error) {
      problems.push(problemOf(error, written.place, `Option "${key}" of node "${name}": `));
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
    // What is wrong with these options is told where their own node is read.
    return element.branches(readOptions(node, element, { ...surroundings, problems: [] }));
  });
}

/** A problem made of what was thrown; what is not a GstIplError is thrown on. */
export function problemOf(error: unknown, place: Place, prefix = ''): Problem {
  if (!(error instanceof GstIplError)) throw error;
  const { code, message, hint } = error;
  return { code, message: prefix + message, place: error.place?.file ? error.place : place, hint };
}
