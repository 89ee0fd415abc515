/** Checks the launch fragments of a graph, each at its word. */
import type { Place, Problem } from '../errors';
import { elementsOf } from '../../gstreamer/launch';
import { probeFragments } from '../../gstreamer/probe';
import type { CheckedNode } from './check-node';
import type { GraphDocument } from './document';

export async function checkLaunches(document: GraphDocument, nodes: readonly CheckedNode[], problems: Problem[]): Promise<void> {
  const fragments = nodes.filter((node) => node.launch !== undefined);
  const findings = await probeFragments(
    fragments.map(({ launch = '', element }) => {
      return { launch, hasInput: element.input.max > 0, hasOutput: element.output !== 'none' };
    }),
  );
  for (const [index, finding] of findings.entries()) {
    const node = fragments[index];
    if (!finding || !node) continue;
    const place = placeOf(document, node, finding.token);
    problems.push({ code: finding.code, message: `Node "${node.name}": ${finding.message}`, place, hint: finding.hint });
  }
  checkNames(document, fragments, problems);
}

/** Fragments may become one pipeline, in which a name can be given once. */
function checkNames(document: GraphDocument, fragments: readonly CheckedNode[], problems: Problem[]): void {
  const owners = new Map<string, string>();
  for (const node of fragments) {
    for (const { name } of elementsOf(node.launch ?? '')) {
      if (name === undefined) continue;
      const owner = owners.get(name);
      owners.set(name, node.name);
      if (owner === undefined) continue;
      const where = owner === node.name ? `twice in node "${owner}"` : `in nodes "${owner}" and "${node.name}"`;
      const message = `The name "${name}" is given to two GStreamer elements, ${where}.`;
      problems.push({ code: 'bad-launch', message, place: placeOf(document, node, `name=${name}`), hint: 'Give one of them another name.' });
    }
  }
}

/** The place of a word of a node's launch fragment, or of the fragment where the word is not written like that. */
function placeOf(document: GraphDocument, node: CheckedNode, token: string | undefined): Place {
  const written = document.nodes.find(({ name }) => name.value === node.name)?.options.get('launch');
  const [start, end] = written?.range ?? [0, 0];
  const position = token ? document.text.slice(start, end).indexOf(token) : -1;
  return position >= 0 ? document.placeAt(start + position) : (written?.place ?? node.place);
}
