/** The model card, and the check of the network that it describes. Without onnxruntime, which only the workers need. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { GstIplError } from '../core/errors';
import { checkCard } from './check-card';

/** The part of a model card (models/*.json) that the element needs. */
export interface ModelCard {
  /** 1: the network has an input `momentum`; 2: it has none. */
  readonly format: 1 | 2;
  readonly name: string;
  /** File name of the network, beside the card. */
  readonly file: string;
  readonly sha256: string;
  /** Map rows above and below a slice that its result depends on. */
  readonly halo: number;
  readonly tokenBytes: number;
  readonly tokenColumns: number;
  readonly bandRows: number;
  /** Views of each exposure in the survey, which has as many maps of weights, as many of brightness, and two of colour. */
  readonly views: number;
  readonly statistics: readonly string[];
  readonly coefficients: number;
  /** What the coefficients' sums are of weights: logarithms to base 2, which the kernels have built in. */
  readonly logits: 'log2';
  readonly exposures: { readonly min: number; readonly max: number };
}

/** Maps that the survey has of an exposure. */
export function surveyMaps({ views }: Pick<ModelCard, 'views'>): number {
  return 2 * views + 2;
}

/** `models/` lies beside `plugin/` in the repository and beside `dist/` in the package. */
export const MODELS_FOLDER = path.join(__dirname, '..', '..', 'models');

/** The only size so far; its card has the figures. */
export const DEFAULT_MODEL = path.join(MODELS_FOLDER, 'ipl-s.json');

/** Reads card and network and compares the checksum. @throws GstIplError `bad-model` */
export function readModel(cardPath: string): { card: ModelCard; network: Buffer } {
  const card = readCard(cardPath);
  const file = path.join(path.dirname(cardPath), card.file);
  const network = readBytes(file);
  const sha256 = createHash('sha256').update(network).digest('hex');
  if (sha256 !== card.sha256) {
    throw new GstIplError('bad-model', `The network ${file} is not the one that its card describes.`, {
      place: { file },
      hint: `The card asks for sha256 ${card.sha256.slice(0, 12)}..., the file has ${sha256.slice(0, 12)}.... Install gst-ipl again, or export the card together with the network.`,
    });
  }
  return { card, network };
}

/** @throws GstIplError `bad-model` */
export function readCard(cardPath: string): ModelCard {
  const text = readBytes(cardPath).toString('utf8');
  let card: unknown;
  try {
    card = JSON.parse(text);
  } catch (error) {
    throw new GstIplError('bad-model', `The model card ${cardPath} is not JSON: ${messageOf(error)}`, {
      place: { file: cardPath },
    });
  }
  return checkCard(card, cardPath);
}

function readBytes(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new GstIplError('bad-model', `The model file ${file} cannot be read: ${messageOf(error)}.`, {
      place: { file },
      hint: 'Install gst-ipl again, or name a model card of your own with the option `model`.',
      cause: error,
    });
  }
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
