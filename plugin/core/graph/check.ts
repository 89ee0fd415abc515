/** Checks a whole graph before anything starts, and reports all that is wrong with it at once. */
import { GraphError, GstIplError, type Place, type Problem } from '../errors';
import type { Element, Medium } from '../element';
import type { ElementRegistry } from '../registry';
import { suggestion } from '../nearest';
import { probeFragments } from '../../gstreamer/probe';
import type { GraphDocument, WrittenNode } from './document';
import { Parameters } from './parameters';
import { loadUserElement } from './user-element';

/** A node whose element, options and inputs are known to be right. */
export interface CheckedNode {
  readonly name: string;
  readonly element: Element;
  readonly options: Readonly<Record<string, unknown>>;
  readonly from: readonly string[];
  /** Where the node is an exposure set's stage or reads one: the branches of the set. */
  readonly branches: readonly string[];
  /** Fragments: the launch string with parameters put in. */
  readonly launch: string | undefined;
  readonly place: Place;
}

export interface CheckedGraph {
  readonly file: string;
  /** In the order of the file. */
  readonly nodes: readonly CheckedNode[];
}

const COMMON_KEYS = ['use', 'from'];

/**
 * @param given parameter values that replace those of the file
 * @throws GraphError with every problem found
 */
export async function checkGraph(
  document: GraphDocument,
  registry: ElementRegistry,
  given: Readonly<Record<string, string>> = {},
): Promise<CheckedGraph> {
  const problems: Problem[] = [];
  const parameters = new Parameters(document, given, problems);
  const elements = new Map<string, Element>();
  for (const node of document.nodes) {
    const element = findElement(node, registry, document.file, problems);
    if (element) elements.set(node.name.value, element);
  }
  checkEdges(document, elements, problems);
  const nodes = document.nodes.flatMap((node) => {
    const element = elements.get(node.name.value);
    return element ? [readNode(node, element, parameters, document, elements, problems)] : [];
  });
  await checkLaunches(document, nodes, problems);
  if (problems.length > 0) throw new GraphError(problems);
  return { file: document.file, nodes };
}

function findElement(node: WrittenNode, registry: ElementRegistry, file: string, problems: Problem[]): Element | undefined {
  try {
    return /^\.{0,2}\//.test(node.use.value) ? loadUserElement(node.use.value, file) : registry.get(node.use.value);
  } catch (error) {
    problems.push(problemOf(error, node.use.place));
    return undefined;
  }
}

function checkEdges(document: GraphDocument, elements: ReadonlyMap<string, Element>, problems: Problem[]): void {
  const names = document.nodes.map(({ name }) => name.value);
  const consumed = new Set(document.nodes.flatMap(({ from }) => from.map(({ value }) => value)));
  const report = (place: Place, message: string, hint?: string): void => {
    problems.push({ code: 'bad-graph', message, place, hint });
  };
  for (const { name, from } of document.nodes) {
    const element = elements.get(name.value);
    if (!element) continue;
    checkInputCount(name.value, element, from.length, (message, hint) => report(name.place, message, hint));
    for (const [index, input] of from.entries()) {
      if (from.findIndex(({ value }) => value === input.value) < index) {
        report(input.place, `Node "${name.value}" reads from "${input.value}" twice.`, 'Every branch must be another node.');
      }
      const producer = elements.get(input.value);
      if (!names.includes(input.value)) {
        report(input.place, `Node "${name.value}" reads from "${input.value}", which does not exist.`, suggestion(input.value, names));
      } else if (producer && element.input.max > 0 && producer.output !== element.input.medium) {
        const gives = producer.output === 'none' ? 'gives nothing' : `gives ${producer.output}`;
        report(
          input.place,
          `Node "${name.value}" (${element.name}) needs ${element.input.medium}, but "${input.value}" (${producer.name}) ${gives}.`,
          mediumHint(element.input.medium, producer.output),
        );
      }
    }
    if (element.output !== 'none' && !consumed.has(name.value)) {
      report(name.place, `Nothing reads from node "${name.value}".`, `Add a sink: { use: sink, from: ${name.value}, launch: ... }`);
    }
  }
  const cycle = findCycle(document.nodes);
  if (cycle) {
    const [first] = cycle;
    const node = document.nodes.find(({ name }) => name.value === first);
    report(node?.name.place ?? {}, `The graph has a cycle: ${[...cycle, first].join(' -> ')}.`, 'Pictures flow one way, from sources to sinks.');
  }
}

function checkInputCount(name: string, element: Element, count: number, report: (message: string, hint?: string) => void): void {
  const { min, max } = element.input;
  if (count >= min && count <= max) return;
  const wanted = min === max ? (max === 0 ? 'no input' : `${min} input`) : `${min} to ${max} inputs`;
  report(`Node "${name}" (${element.name}) takes ${wanted}, but has ${count}.`, max === 0 ? 'Remove `from`.' : 'Name the nodes to read from in `from`.');
}

function mediumHint(needed: Medium, given: Medium | 'none'): string | undefined {
  if (needed === 'exposures' && given === 'frames') return 'Put a `sync` node between: it makes exposure sets of streams.';
  if (needed === 'frames' && given === 'exposures') return 'Put an `ipl` node between: it makes frames of exposure sets.';
  return undefined;
}

function findCycle(nodes: readonly WrittenNode[]): string[] | undefined {
  const from = new Map(nodes.map((node) => [node.name.value, node.from.map(({ value }) => value)]));
  const done = new Set<string>();
  const visit = (name: string, path: readonly string[]): string[] | undefined => {
    const start = path.indexOf(name);
    if (start >= 0) return path.slice(start).reverse();
    if (done.has(name)) return undefined;
    for (const input of from.get(name) ?? []) {
      const cycle = visit(input, [...path, name]);
      if (cycle) return cycle;
    }
    done.add(name);
    return undefined;
  };
  for (const name of from.keys()) {
    const cycle = visit(name, []);
    if (cycle) return cycle;
  }
  return undefined;
}

function readNode(
  node: WrittenNode,
  element: Element,
  parameters: Parameters,
  document: GraphDocument,
  elements: ReadonlyMap<string, Element>,
  problems: Problem[],
): CheckedNode {
  const before = problems.length;
  const table = element.options as Record<string, (typeof element.options)[string] | undefined>;
  const options: Record<string, unknown> = {};
  for (const [name, written] of node.options) {
    const option = table[name];
    if (!option) {
      const known = [...Object.keys(table), ...COMMON_KEYS];
      problems.push({ code: 'bad-option', message: `Element "${element.name}" has no option "${name}".`, place: written.namePlace, hint: suggestion(name, known) });
      continue;
    }
    try {
      options[name] = option.read(parameters.resolve(written.value, option.launch === true, written.place, problems));
    } catch (error) {
      problems.push(problemOf(error, written.place, `Option "${name}" of node "${node.name.value}": `));
    }
  }
  for (const [name, option] of Object.entries(element.options as typeof table)) {
    if (option?.required && !node.options.has(name)) {
      problems.push({ code: 'bad-option', message: `Node "${node.name.value}" (${element.name}) lacks the option "${name}".`, place: node.name.place, hint: option.summary });
    } else if (option && !(name in options)) options[name] = option.fallback;
  }
  const from = node.from.map(({ value }) => value);
  const branches = branchesOf(from, document, elements);
  if (problems.length === before) {
    try {
      element.check?.(options, { from, branches });
    } catch (error) {
      problems.push(problemOf(error, node.name.place, `Node "${node.name.value}": `));
    }
  }
  const launch = element.kind === 'fragment' && problems.length === before ? element.launch(options) : undefined;
  return { name: node.name.value, element, options, from, branches, launch, place: node.name.place };
}

/** The branches of the exposure sets that a node reads. */
function branchesOf(from: readonly string[], document: GraphDocument, elements: ReadonlyMap<string, Element>): string[] {
  return from.flatMap((name) => {
    if (elements.get(name)?.output !== 'exposures') return [];
    const node = document.nodes.find((candidate) => candidate.name.value === name);
    return node ? node.from.map(({ value }) => value) : [];
  });
}

async function checkLaunches(document: GraphDocument, nodes: readonly CheckedNode[], problems: Problem[]): Promise<void> {
  const fragments = nodes.filter((node) => node.launch !== undefined);
  const findings = await probeFragments(
    fragments.map(({ launch = '', element }) => ({ launch, hasInput: element.input.max > 0, hasOutput: element.output !== 'none' })),
  );
  for (const [index, finding] of findings.entries()) {
    const node = fragments[index];
    if (!finding || !node) continue;
    const written = document.nodes.find(({ name }) => name.value === node.name)?.options.get('launch');
    const [start, end] = written?.range ?? [0, 0];
    const position = finding.token ? document.text.slice(start, end).indexOf(finding.token) : -1;
    const place = position >= 0 ? document.placeAt(start + position) : (written?.place ?? node.place);
    problems.push({ code: finding.code, message: `Node "${node.name}": ${finding.message}`, place, hint: finding.hint });
  }
}

function problemOf(error: unknown, place: Place, prefix = ''): Problem {
  if (!(error instanceof GstIplError)) throw error;
  return { code: error.code, message: prefix + error.message, place: error.place?.file ? error.place : place, hint: error.hint };
}
