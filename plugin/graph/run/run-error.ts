/** Errors of a graph at work: they name the node that failed, and its place in the graph file. */
import { isObservable, type Observable } from 'rxjs';
import type { Stage } from '../../core/element';
import { asGstIplError, GstIplError, messageOf, traceOf } from '../../core/errors';
import type { Item } from '../../core/frames/frame';
import type { CheckedNode } from '../checked-graph';

/** What a stage threw, or its stream ended with: where that is no sentence of ours, it does not say whose it is. */
export function errorOfStage(error: unknown, { name }: CheckedNode): GstIplError {
  if (error instanceof GstIplError) return error;
  return new GstIplError('pipeline-failed', `Node "${name}": ${messageOf(error)}`, { place: { node: name }, cause: error, trace: traceOf(error) });
}

/** The same error with the place of its node, where it has none in a file. */
export function withPlace(thrown: unknown, nodes: readonly CheckedNode[]): GstIplError {
  const error = asGstIplError(thrown, 'pipeline-failed');
  const { code, message, place, hint, cause, trace, permanent } = error;
  const node = nodes.find(({ name }) => name === place?.node);
  if (!node || place?.file !== undefined) return error;
  return new GstIplError(code, message, { place: { ...node.place, node: node.name }, hint, cause: cause ?? error, trace, permanent });
}

/** Does what a stage's own code does; what it throws names the node. */
export function naming<T>(node: CheckedNode, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw errorOfStage(error, node);
  }
}

/** The stream of a stage, which may be plain JavaScript of a user's. */
export function connected(stage: Stage, inputs: readonly Observable<Item>[]): Observable<Item> {
  const output: unknown = stage.connect(inputs);
  if (isObservable(output)) return output as Observable<Item>;
  throw new TypeError('What `connect` returns is no Observable: return `inputs[0].pipe(...)`, or `from(promise)` of RxJS.');
}
