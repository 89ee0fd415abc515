/**
 * The cards of the graphs that fuse whole pictures: models/<network>-gpu.json of those with the network, 8-bit planes in and out, and
 * models/ten-bits-gpu.json of those that take 10 bits and know no network: the blend, and the HDR merge.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { GstIplError, messageOf } from '../../core/errors';
import { DEFAULT_MODEL } from '../network/read-model';

interface Entry {
  readonly file: string;
  readonly sha256: string;
}

/** By the number of exposures. */
type Entries = Readonly<Record<string, Entry | undefined>>;

export interface GraphCard {
  /** sha256 of the network that the graphs were made with. */
  readonly network: string;
  readonly halo: number;
  readonly bandRows: number;
  readonly tokenColumns: number;
  readonly graphs: Entries;
}

/** `whole`: with the network; `blend`: of 10 bits, by what `whole` says; `merge`: to HDR. */
export type GraphKind = 'whole' | 'blend' | 'merge';

export interface GraphFiles {
  readonly card: GraphCard;
  /** The ONNX file for so many exposures, checked. @throws GstIplError `bad-model` */
  read(exposures: number, kind?: GraphKind): Buffer;
}

const DEEP_CARD = 'ten-bits-gpu.json';

/**
 * Reads the card beside a model card.
 * @param modelCard path of the network's card
 * @throws GstIplError `bad-model` where there are no graphs
 */
export function readGraphs(modelCard: string): GraphFiles {
  const file = modelCard.replace(/\.json$/, '-gpu.json');
  const card = readCard<GraphCard>(file);
  return { card, read: (exposures, kind = 'whole') => (kind === 'whole' ? readEntry(file, card.graphs, exposures) : readDeepGraph(exposures, kind)) };
}

/** The package's own: they fit any network. @throws GstIplError `bad-model` */
export function readDeepGraph(exposures: number, kind: 'blend' | 'merge'): Buffer {
  const file = path.join(path.dirname(DEFAULT_MODEL), DEEP_CARD);
  return readEntry(file, readCard<Record<typeof kind, Entries>>(file)[kind], exposures);
}

function readCard<T>(file: string): T {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  } catch (error) {
    throw new GstIplError('bad-model', `The GPU graphs of this model cannot be read: ${messageOf(error)}.`, { place: { file } });
  }
}

function readEntry(card: string, entries: Entries, exposures: number): Buffer {
  const entry = entries[exposures];
  if (!entry) throw new GstIplError('bad-model', `There is no GPU graph for ${exposures} exposures.`, { place: { file: card } });
  const file = path.join(path.dirname(card), entry.file);
  const bytes = readFileSync(file);
  if (createHash('sha256').update(bytes).digest('hex') === entry.sha256) return bytes;
  throw new GstIplError('bad-model', `The GPU graph ${entry.file} is not the one that its card describes.`, {
    place: { file },
    hint: 'Install gst-ipl again, or export it again with `python3 models/train export-gpu` (or `export-deep`).',
  });
}
