/** Refuses graphs in which a node would write over what another reads or writes. */
import type { Place, Problem } from '../../core/errors';
import { clash, type FileUse } from '../../core/file-use';
import { filesOf } from '../../gstreamer/launch/launch-files';
import type { CheckedNode } from '../checked-graph';
import type { GraphDocument } from './document';

interface Use extends FileUse {
  readonly node: CheckedNode;
  readonly place: Place;
}

export function checkFiles(document: GraphDocument, nodes: readonly CheckedNode[], problems: Problem[]): void {
  const uses = nodes.flatMap((node) => usesOf(document, node));
  for (const [index, use] of uses.entries()) {
    const other = uses.slice(0, index).find((earlier) => clash(earlier, use));
    if (!other) continue;
    const [writer, reader] = use.does === 'writes' ? [use, other] : [other, use];
    const [{ node: one }, { node: two }] = [writer, reader];
    const file = `"${reader.path}"`;
    const message =
      reader.does === 'reads'
        ? `Node "${one.name}" would write over ${reader.names ? `pictures in ${file}` : file}, which ${one === two ? 'it' : `node "${two.name}"`} reads.`
        : `Node "${one.name}" and node "${two.name}" write ${reader.names ? 'into one folder' : 'to one file'}, ${file}.`;
    problems.push({ code: 'bad-graph', message, place: writer.place, hint: 'Give the output another name, or another folder.' });
  }
}

function usesOf(document: GraphDocument, node: CheckedNode): Use[] {
  const options = document.nodes.find(({ name }) => name.value === node.name)?.options;
  const placeOf = (option: string): Place => options?.get(option)?.place ?? node.place;
  const launched = filesOf(node.launch ?? '').map((use) => ({ ...use, node, place: placeOf(options?.has('launch') ? 'launch' : 'uri') }));
  return [...launched, ...node.files.map((use) => ({ ...use, node, place: node.place }))];
}
