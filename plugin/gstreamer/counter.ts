/** How many pictures have passed a counter inside of GStreamer. */
import type { GstPipeline } from './pipeline';

/** An `identity`, which counts what passes it, and costs nothing. */
export const counterLaunch = (name: string): string => `identity name=${name}`;

export function passedBy(pipeline: GstPipeline, element: string): () => number {
  const identity = pipeline.find(element);
  // A structure, which is read as text: application/x-identity-stats, num-buffers=(guint64)40 ...
  const read = (): number => Number(/num-buffers=\(guint64\)(\d+)/.exec(String(identity.get('stats')))?.[1] ?? 0);
  let last: number | undefined;
  pipeline.events.subscribe({ complete: () => (last = read()) });
  return () => last ?? read();
}
