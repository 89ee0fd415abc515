/** A graph up to its fusion: sources, filters and sync, as they are. What comes behind (outputs, pages) is left out, so nothing is recorded or shown to viewers. */
import { GstIplError } from '../core/errors';
import { suggestion } from '../core/nearest';
import { checkGraph } from '../graph/check/check-graph';
import { parseGraph, type GraphDocument, type WrittenNode } from '../graph/check/document';
import { Graph, readGraphText } from '../graph/load';
import type { ElementRegistry } from '../graph/registry';
import { KEPT_OPTIONS } from './calibrate-element';

export interface CalibrationGraph {
  readonly graph: Graph;
  /** The node that fuses. */
  readonly node: string;
  /** What it says of its rig, as it is written. */
  readonly rig: unknown;
}

/**
 * @param node which one is calibrated, where several fuse
 * @throws GraphError, GstIplError
 */
export async function calibrationGraph(registry: ElementRegistry, file: string, { params, node }: { readonly params: Readonly<Record<string, string>>; readonly node: string | undefined }): Promise<CalibrationGraph> {
  const document = parseGraph(await readGraphText(file), file);
  const fusion = fusionOf(document, node);
  const checked = await checkGraph({ ...document, nodes: upTo(document, fusion) }, registry, { params });
  return { graph: new Graph(checked), node: fusion.name.value, rig: fusion.options.get('rig')?.value };
}

function fusionOf({ nodes, file }: GraphDocument, wanted: string | undefined): WrittenNode {
  const fusions = nodes.filter(({ use }) => use.value === 'ipl');
  const names = fusions.map(({ name }) => name.value);
  const [only, another] = wanted === undefined ? fusions : fusions.filter(({ name }) => name.value === wanted);
  if (only && !another) return only;
  const place = { file };
  if (names.length === 0) throw new GstIplError('bad-graph', 'No node of this graph fuses, so there is no rig to calibrate.', { place, hint: 'Add one: `fused: { use: ipl, from: set }`.' });
  if (wanted !== undefined) throw new GstIplError('bad-graph', `There is no node "${wanted}" that fuses (\`use: ipl\`).`, { place, hint: suggestion(wanted, names) });
  throw new GstIplError('bad-graph', `Several nodes fuse: ${names.join(', ')}.`, { place, hint: `Say which is calibrated: --node ${names[0] ?? ''}` });
}

/** The node and all that it reads from; it looks at sets instead of fusing them. */
function upTo({ nodes }: GraphDocument, fusion: WrittenNode): WrittenNode[] {
  const byName = new Map(nodes.map((node) => [node.name.value, node]));
  const kept = new Set<WrittenNode>([fusion]);
  // Grows while it is walked.
  for (const { from } of kept) for (const { value } of from) if (byName.has(value)) kept.add(byName.get(value) as WrittenNode);
  const options = new Map([...fusion.options].filter(([name]) => (KEPT_OPTIONS as readonly string[]).includes(name)));
  const looks = { ...fusion, use: { ...fusion.use, value: 'calibrate' }, options };
  return nodes.filter((node) => kept.has(node)).map((node) => (node === fusion ? looks : node));
}
