/** What happens in a graph at work, as events. */
import type { ConditionNews } from './metrics/conditions';
import type { Nanoseconds } from './time';

export type GraphEvent =
  /** Everything runs and the first picture came out of GStreamer. `duration`: seconds of media, where GStreamer knows. */
  | { readonly type: 'started'; readonly duration: number | undefined }
  /** A stage gave a picture. */
  | {
      readonly type: 'frame';
      readonly node: string;
      readonly runningTime: Nanoseconds;
      readonly duration: Nanoseconds | undefined;
    }
  /** Something worth knowing, such as where a page is served. */
  | { readonly type: 'notice'; readonly node: string | undefined; readonly message: string; readonly condition?: ConditionState }
  | { readonly type: 'warning'; readonly node: string | undefined; readonly message: string; readonly condition?: ConditionState }
  | SourceEvent;

/** Of what may repeat or last (metrics/conditions.ts): a warning reports its begin and that it goes on, a notice its end. */
export type ConditionState = Pick<ConditionNews, 'name' | 'state' | 'count' | 'seconds'>;

export type SourceEvent =
  /** A source lost its stream and is started again after `delay`; the rest of the graph goes on. */
  | {
      readonly type: 'source-lost';
      readonly node: string;
      /** What happened, in one sentence without secrets. */
      readonly reason: string;
      /** What to do, where it is known. */
      readonly hint?: string | undefined;
      /** How many starts in a row have failed, this one included: 1 for a source that worked until now. */
      readonly attempt: number;
      /** Until the next start. */
      readonly delay: Nanoseconds;
    }
  /** Pictures come again. */
  | {
      readonly type: 'source-restored';
      readonly node: string;
      /** How many starts it took. */
      readonly attempts: number;
      /** From the loss to the first picture. */
      readonly downtime: Nanoseconds;
    };

/** What is reported of a source that was lost, or came back. */
export function sentenceOf(event: SourceEvent): string {
  if (event.type === 'source-restored') return `Pictures come again after ${seconds(event.downtime)}.`;
  const { reason, hint, attempt, delay } = event;
  const message = `The source is lost (${reason}); it is started again in ${seconds(delay)}, attempt ${attempt}.`;
  // What to do is said once for an outage.
  return hint !== undefined && attempt === 1 ? `${message} ${hint}` : message;
}

const seconds = (time: Nanoseconds): string => `${(Number(time) / 1e9).toFixed(1)} s`;
