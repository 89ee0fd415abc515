/** Checks a whole graph before anything starts, and reports all that is wrong with it at once. */
import { GraphError, type Problem } from '../../core/errors';
import type { Element } from '../../core/element';
import type { ElementRegistry } from '../registry';
import { checkEdges } from './check-edges';
import { checkFiles } from './check-files';
import { checkLaunches } from './check-launches';
import { problemOf, readNode } from './check-node';
import { missingPlugins } from './check-plugins';
import { checkSound, heardNodes } from './check-sound';
import type { CheckedGraph } from '../checked-graph';
import type { GraphDocument, WrittenNode } from './document';
import { Parameters } from './parameters';
import { isUserElement, loadUserElement } from './user-element';

export interface CheckOptions {
  /** Values of parameters; they replace those of the file. */
  readonly params?: Readonly<Record<string, string>>;
  /**
   * What the graph names outside of itself (files, folders, devices, models) need not be there, as for a drawing of it.
   * Default: it must, because a run would fail at once.
   */
  readonly dry?: boolean;
}

/** @throws GraphError with every problem found */
export async function checkGraph(document: GraphDocument, registry: ElementRegistry, options: CheckOptions = {}): Promise<CheckedGraph> {
  const { params: given = {}, dry = false } = options;
  const problems = [...document.problems];
  const parameters = new Parameters(document, given, problems);
  const elements = new Map<string, Element>();
  for (const node of document.nodes) {
    if (node.use.value === '') continue; // Reported already.
    const element = await findElement(node, registry, document.file, problems);
    if (element) elements.set(node.name.value, element);
  }
  checkEdges(document, elements, heardNodes(document, elements, parameters), problems);
  const surroundings = { document, elements, parameters, problems, dry };
  const nodes = document.nodes.flatMap((node) => {
    const element = elements.get(node.name.value);
    return element ? [readNode(node, element, surroundings)] : [];
  });
  checkSound(document, nodes, problems);
  checkFiles(document, nodes, problems);
  const [missing] = await Promise.all([dry ? [] : missingPlugins(nodes, document), checkLaunches(nodes, surroundings)]);
  problems.push(...missing);
  if (problems.length > 0) throw new GraphError(problems);
  return { file: document.file, nodes };
}

async function findElement(node: WrittenNode, registry: ElementRegistry, file: string, problems: Problem[]): Promise<Element | undefined> {
  try {
    return isUserElement(node.use.value) ? await loadUserElement(node.use.value, file) : registry.get(node.use.value);
  } catch (error) {
    problems.push(problemOf(error, node.use.place));
    return undefined;
  }
}
