/** Checks a whole graph before anything starts, and reports all that is wrong with it at once. */
import { GraphError, type Problem } from '../errors';
import type { Element } from '../element';
import type { ElementRegistry } from '../registry';
import { checkEdges } from './check-edges';
import { checkFiles } from './check-files';
import { problemOf, readNode, type CheckedNode } from './check-node';
import { checkLaunches } from './check-launches';
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
  checkFiles(document, nodes, problems);
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

export type { CheckedNode } from './check-node';
