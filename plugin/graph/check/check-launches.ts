/** Checks the launch fragments of a graph, each at its word, and what they name on the disk. */
import type { Place, Problem } from '../../core/errors';
import { elementsOf } from '../../gstreamer/launch/launch';
import type { LaunchFinding } from '../../gstreamer/launch/launch-error';
import { patternFindings } from '../../gstreamer/launch/location-patterns';
import { checkNamedFile } from '../../gstreamer/launch/named-files';
import { playlistFindings } from '../../gstreamer/launch/playlist-files';
import { probeFragments } from '../../gstreamer/probe/probe';
import type { NodeSurroundings } from './check-node';
import type { CheckedNode } from '../checked-graph';

export async function checkLaunches(nodes: readonly CheckedNode[], surroundings: NodeSurroundings): Promise<void> {
  const heard = new Set(nodes.map(({ hears }) => hears?.node));
  const { unsafe, fragments } = withoutUnsafe(nodes.filter((node) => node.launch !== undefined), surroundings.dry);
  const probed = await probeFragments(
    fragments.map(({ name, launch = '', element }) => {
      const isSound = heard.has(name) && !nodes.some(({ from }) => from.includes(name));
      return { launch, hasInput: element.input.max > 0, hasOutput: element.output !== 'none', isSound };
    }),
  );
  for (const [index, { findings, files }] of probed.entries()) {
    const node = fragments[index];
    if (!node) continue;
    const missing = surroundings.dry ? [] : files.map(checkNamedFile).filter((finding) => finding !== undefined);
    for (const finding of [...findings, ...missing]) report(surroundings, node, finding);
  }
  for (const { node, finding } of unsafe) report(surroundings, node, finding);
  checkNames(surroundings, fragments);
}

/** What would crash GStreamer, or lead it astray, is not even shown to it. */
function withoutUnsafe(nodes: readonly CheckedNode[], dry: boolean): { unsafe: { node: CheckedNode; finding: LaunchFinding }[]; fragments: CheckedNode[] } {
  const findings = (launch: string): LaunchFinding[] => [...patternFindings(launch), ...(dry ? [] : playlistFindings(launch))];
  const unsafe = nodes.flatMap((node) => findings(node.launch ?? '').map((finding) => ({ node, finding })));
  return { unsafe, fragments: nodes.filter((node) => !unsafe.some((other) => other.node === node)) };
}

function report(surroundings: NodeSurroundings, node: CheckedNode, { code, message, hint, token, skip }: LaunchFinding): void {
  surroundings.problems.push({ code, message: `Node "${node.name}": ${message}`, place: placeOf(surroundings, node, token, skip), hint });
}

/** Fragments may become one pipeline, in which a name can be given once. */
function checkNames(surroundings: NodeSurroundings, fragments: readonly CheckedNode[]): void {
  const owners = new Map<string, string>();
  for (const node of fragments) {
    for (const { name } of elementsOf(node.launch ?? '')) {
      if (name === undefined) continue;
      const owner = owners.get(name);
      owners.set(name, node.name);
      if (owner === undefined) continue;
      const where = owner === node.name ? `twice in node "${owner}"` : `in nodes "${owner}" and "${node.name}"`;
      const message = `The name "${name}" is given to two GStreamer elements, ${where}.`;
      const problem: Problem = { code: 'bad-launch', message, place: placeOf(surroundings, node, `name=${name}`), hint: 'Give one of them another name.' };
      surroundings.problems.push(problem);
    }
  }
}

/**
 * The place of a word of a node's options, or of the parameter that it came by; where it is not written like that, of the
 * fragment.
 */
function placeOf({ document, parameters }: NodeSurroundings, node: CheckedNode, token: string | undefined, skip = 0): Place {
  const options = document.nodes.find(({ name }) => name.value === node.name)?.options;
  const words = token ? [token, ...parameters.namesOf(token).map((name) => `\${${name}}`)] : [];
  for (const { range } of options?.values() ?? []) {
    const text = document.text.slice(...range);
    for (const word of words) {
      const found = findWord(text, word, skip) ?? (text.includes(word) ? text.indexOf(word) : undefined);
      if (found !== undefined) return document.placeAt(range[0] + found);
    }
  }
  return options?.get('launch')?.place ?? node.place;
}

/** Where a word stands that is no part of a longer one, after so many others. */
function findWord(text: string, word: string, skip: number): number | undefined {
  const pattern = new RegExp(`(?<![\\w-])${word.replace(/[^\w]/g, '\\$&')}(?![\\w-])`, 'g');
  return [...text.matchAll(pattern)][skip]?.index;
}
