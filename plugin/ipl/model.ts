/** The trained network and its card. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import { GstIplError } from '../core/errors';

/** The part of a model card (models/*.json) that the element needs. */
export interface ModelCard {
  readonly name: string;
  /** File name of the network, beside the card. */
  readonly file: string;
  readonly sha256: string;
  /** Map rows above and below a slice that its result depends on. */
  readonly halo: number;
  readonly tokenBytes: number;
  readonly tokenColumns: number;
  readonly bandRows: number;
  readonly statistics: readonly string[];
  readonly coefficients: number;
  readonly exposures: { readonly min: number; readonly max: number };
}

/** `models/` lies beside `plugin/` in the repository and beside `dist/` in the package. */
export const MODELS_FOLDER = path.join(__dirname, '..', '..', 'models');

/** The only size so far; its card has the figures. */
export const DEFAULT_MODEL = path.join(MODELS_FOLDER, 'ipl-s.json');

export interface LoadedModel {
  readonly card: ModelCard;
  readonly session: InferenceSession;
}

/**
 * Loads a network by its card, and refuses one that is not the file which the card describes.
 * @param cardPath path of the card (JSON)
 * @throws GstIplError `bad-model`
 */
export async function loadModel(cardPath: string): Promise<LoadedModel> {
  const { card, network } = readModel(cardPath);
  try {
    const session = await InferenceSession.create(network, {
      executionProviders: ['cpu'],
      // The map is small: more threads cost more to wake than they save, and GStreamer needs the other cores.
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      // Only errors: the session's warnings are for people who build networks.
      logSeverityLevel: 3,
    });
    return { card, session };
  } catch (error) {
    throw new GstIplError('bad-model', `onnxruntime cannot load the network of ${cardPath}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

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

function readCard(cardPath: string): ModelCard {
  const text = readBytes(cardPath).toString('utf8');
  let card: Partial<ModelCard>;
  try {
    card = JSON.parse(text) as Partial<ModelCard>;
  } catch (error) {
    throw new GstIplError('bad-model', `The model card ${cardPath} is not JSON: ${messageOf(error)}`, {
      place: { file: cardPath },
    });
  }
  const needed = ['name', 'file', 'sha256', 'halo', 'tokenBytes', 'tokenColumns', 'bandRows', 'statistics'] as const;
  const missing = needed.filter((field) => card[field] === undefined);
  if (missing.length > 0) {
    throw new GstIplError('bad-model', `The model card ${cardPath} lacks ${missing.join(', ')}.`, {
      place: { file: cardPath },
      hint: 'models/README.md describes the fields of a card.',
    });
  }
  return card as ModelCard;
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

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
