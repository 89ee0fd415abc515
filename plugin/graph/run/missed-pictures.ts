/** A run that ends without a picture somewhere has not done what it was asked to, also where it was asked to end. */
import type { GstIplError } from '../../core/errors';
import { noPictures } from '../../gstreamer/output/output-files';
import type { Plan } from '../plan';

/**
 * @param delivered how many pictures a sink has let in
 * @param givers nodes that gave something; whether a stage without output delivered it, it knows itself
 */
export function missedPictures({ pipelines, stages }: Plan, delivered: (node: string) => number, givers: ReadonlySet<string>): GstIplError | undefined {
  const empty =
    pipelines.flatMap(({ sinks }) => sinks).find((name) => delivered(name) === 0) ??
    stages.find(({ element, from }) => element.output === 'none' && !from.some((name) => givers.has(name)))?.name;
  return empty === undefined ? undefined : noPictures([], empty);
}
