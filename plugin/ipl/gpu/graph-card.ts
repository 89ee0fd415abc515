/** The card of the graphs that fuse whole pictures, 8-bit planes in and out: models/<network>-gpu.json. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { GstIplError, messageOf } from '../../core/errors';

export interface GraphCard {
  /** sha256 of the network that the graphs were made with. */
  readonly network: string;
  readonly halo: number;
  readonly bandRows: number;
  readonly tokenColumns: number;
  /** By the number of exposures. */
  readonly graphs: Readonly<Record<string, { readonly file: string; readonly sha256: string } | undefined>>;
}

export interface GraphFiles {
  readonly card: GraphCard;
  /** The ONNX file for so many exposures, checked. @throws GstIplError `bad-model` */
  read(exposures: number): Buffer;
}

/**
 * Reads the card beside a model card.
 * @param modelCard path of the network's card
 * @throws GstIplError `bad-model` where there are no graphs
 */
export function readGraphs(modelCard: string): GraphFiles {
  const file = modelCard.replace(/\.json$/, '-gpu.json');
  let card: GraphCard;
  try {
    card = JSON.parse(readFileSync(file, 'utf8')) as GraphCard;
  } catch (error) {
    throw new GstIplError('bad-model', `The GPU graphs of this model cannot be read: ${messageOf(error)}.`, { place: { file } });
  }
  const read = (exposures: number): Buffer => {
    const entry = card.graphs[exposures];
    if (!entry) throw new GstIplError('bad-model', `There is no GPU graph for ${exposures} exposures.`, { place: { file } });
    const graph = path.join(path.dirname(file), entry.file);
    const bytes = readFileSync(graph);
    if (createHash('sha256').update(bytes).digest('hex') === entry.sha256) return bytes;
    throw new GstIplError('bad-model', `The GPU graph ${entry.file} is not the one that its card describes.`, {
      place: { file: graph },
      hint: 'Install gst-ipl again, or export it again with `python3 models/train export-gpu`.',
    });
  };
  return { card, read };
}
