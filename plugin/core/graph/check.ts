/** Checks a whole graph before anything starts, and reports all that is wrong with it at once. */
import { GraphError, type Problem } from '../errors';
import type { Element } from '../element';
import type { ElementRegistry } from '../registry';
import { probeFragments } from '../../gstreamer/probe';
import { checkEdges } from './check-edges';
import { problemOf, readNode, type CheckedNode } from './check-node';
import type { GraphDocument, WrittenNode } from './document';
import { Parameters } from './parameters';
import { loadUserElement } from './user-element';

export interface CheckedGraph {
  readonly file: string;
  /** In the order of the file. */
  readonly nodes: readonly CheckedNode[];
}

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
    return element ? [readNode(node, element, { document, elements, parameters, problems })] : [];
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

async function checkLaunches(document: GraphDocument, nodes: readonly CheckedNode[], problems: Problem[]): Promise<void> {
  const fragments = nodes.filter((node) => node.launch !== undefined);
  const findings = await probeFragments(
    fragments.map(({ launch = '', element }) => {
      return { launch, hasInput: element.input.max > 0, hasOutput: element.output !== 'none' };
    }),
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

export type { CheckedNode } from './check-node';
