/** The trained network, ready to run. */
import { InferenceSession } from 'onnxruntime-node';
import { GstIplError } from '../core/errors';
import { messageOf, readModel, type ModelCard } from './model-card';

export { DEFAULT_MODEL, readModel, type ModelCard } from './model-card';

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
      // Takes memory for one more run than it saves: slices differ in size, and the arena keeps what it has.
      enableMemPattern: false,
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
