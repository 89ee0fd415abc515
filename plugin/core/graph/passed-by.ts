/** How many pictures have passed a counter inside of GStreamer. */
import type { GstPipeline } from '../../gstreamer/pipeline';

/** An `identity`, which counts what passes it, and costs nothing. */
export const counterLaunch = (name: string): string => `identity name=${name}`;

export function passedBy(pipeline: GstPipeline, element: string): () => number {
  const identity = pipeline.find(element);
  // A structure, which the binding reads as text: application/x-identity-stats, num-buffers=(guint64)40 ...
  return () => Number(/num-buffers=\(guint64\)(\d+)/.exec(String(identity.stats))?.[1] ?? 0);
}
