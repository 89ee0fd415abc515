/** A graph at work, as an Observable of what happens. */
import { Observable, share } from 'rxjs';
import type { ConditionNews } from '../conditions';
import type { GstIplError } from '../errors';
import type { GraphView } from '../graph-view';
import type { LiveParameters } from '../live-parameters';
import type { Nanoseconds } from '../time';
import { GraphRun } from './graph-run';
import { GraphObservation } from './observation';
import type { Plan } from './plan';

export type GraphEvent =
  /** Everything runs and the first picture came out of GStreamer. `duration`: seconds of media, where GStreamer can tell. */
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

/** Of what may repeat or last (../conditions.ts): a warning tells of its begin and that it goes on, a notice of its end. */
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

/** A graph at work. */
export class RunningGraph {
  /**
   * What happens, from subscription on: the first subscription starts the graph, others hear of the same run, each of what
   * happens from then on. Completes when every sink has finished; errors with the first GstIplError after sinks had the chance to
   * finish their files. When the last unsubscribes it stops at once. To subscribe after the end runs the graph again.
   */
  readonly events: Observable<GraphEvent>;
  /** The graph as it is now: phases of its nodes, figures. */
  readonly view: GraphView;
  #stop: () => void = () => undefined;
  #stopRequested = false;

  constructor(plan: Plan) {
    const observation = new GraphObservation(plan);
    this.view = observation;
    const runs = new Observable<GraphEvent>((subscriber) => {
      observation.begin();
      const run = new GraphRun(plan, observation);
      const stop = (): void => run.stop();
      this.#stop = stop;
      run.events.subscribe({
        next: (event) => observation.take(event),
        error: (error: GstIplError) => observation.finish(error),
        complete: () => observation.finish(),
      });
      const subscription = run.events.subscribe(subscriber);
      void run.start().then(() => {
        if (this.#stopRequested) run.stop();
      });
      return () => {
        subscription.unsubscribe();
        run.tearDown();
        // A stop of this run is none of the next, which may have begun.
        if (this.#stop === stop) this.#stopRequested = false;
      };
    });
    this.events = runs.pipe(share());
  }

  /** What may be changed while it runs: `parameters.set('fused.strength', 0.5)`. Filled when `events` is subscribed to. */
  get parameters(): LiveParameters {
    return this.view.parameters;
  }

  /** Ends sources now and lets everything drain, so that files are whole. `events` completes afterwards. */
  stop(): void {
    this.#stopRequested = true;
    this.#stop();
  }
}
