/** Reads a model card, and the network that it describes. Without onnxruntime, which only the workers need. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { GstIplError, messageOf } from '../../core/errors';
import { PACKAGE_FOLDER } from '../../core/package-folder';
import { checkCard } from './check-card';
import type { ModelCard } from './model-card';

export const MODELS_FOLDER = path.join(PACKAGE_FOLDER, 'models');

/** The only size so far; its card has the results. */
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
