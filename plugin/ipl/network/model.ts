/** The trained network, ready to run. */
import path from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import { GstIplError, messageOf } from '../../core/errors';
import { checkNetwork } from './check-network';
import type { ModelCard } from './model-card';
import { readModel } from './read-model';

export type { ModelCard } from './model-card';
export { DEFAULT_MODEL, readModel } from './read-model';

export interface LoadedModel {
  readonly card: ModelCard;
  readonly session: InferenceSession;
}

/**
 * Loads a network by its card, and refuses one that is not the file which the card describes, or does not take and give what
 * the card says.
 * @param cardPath path of the card (JSON)
 * @throws GstIplError `bad-model`
 */
export async function loadModel(cardPath: string): Promise<LoadedModel> {
  const { card, network } = readModel(cardPath);
  const session = await openNetwork(cardPath, network);
  await checkNetwork(session, card, path.join(path.dirname(cardPath), card.file));
  return { card, session };
}

async function openNetwork(cardPath: string, network: Buffer): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(network, {
      executionProviders: ['cpu'],
      // The map is small: more threads cost more to wake than they save, and GStreamer needs the other cores.
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      // Takes memory for one more run than it saves: slices differ in size, and the arena keeps what it has.
      enableMemPattern: false,
      // Only errors: the session's warnings are for people who build networks.
      logSeverityLevel: 3,
    });
  } catch (error) {
    throw new GstIplError('bad-model', `onnxruntime cannot load the network of ${cardPath}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
