/** A graph at work, as an Observable of what happens. */
import { Observable, share } from 'rxjs';
import type { GstIplError } from '../../core/errors';
import type { GraphEvent } from '../../core/graph-event';
import type { GraphView } from '../../core/graph-view';
import type { LiveParameters } from '../../core/live-parameters';
import { GraphRun } from './graph-run';
import { GraphObservation } from './observation';
import type { Part, Plan } from '../plan';

export interface RunOptions {
  /** Ends it as `stop` does: files are whole, and `events` completes. One that is aborted already lets nothing begin. */
  readonly signal?: AbortSignal;
  /** Of its files. */
  readonly part?: Part | undefined;
}

/**
 * A graph at work.
 *
 *     await using running = graph.run(); // stopped, and its files whole, when the block is left
 *     running.events.subscribe({ error: report });
 *     await button.pressed();
 */
export class RunningGraph {
  /**
   * What happens, from subscription on: the first subscription starts the graph, others hear of the same run, each of what
   * happens from then on. Completes when every sink has finished; errors with the first GstIplError after sinks had the chance to
   * finish their files. When the last unsubscribes it stops at once. To subscribe after the end runs the graph again.
   */
  readonly events: Observable<GraphEvent>;
  /** The graph as it is now: phases of its nodes, metrics. */
  readonly view: GraphView;
  #stop: () => void = () => undefined;
  #stopRequested = false;
  /** Of the last run and those before, as soon as nobody subscribes to it any more. */
  #gone: Promise<void> | undefined;
  /** Resolves when nobody subscribes to the run any more. */
  #left: Promise<void> | undefined;

  constructor(planned: Plan, { signal, part }: RunOptions = {}) {
    const plan = part ? { ...planned, part } : planned;
    const observation = new GraphObservation(plan);
    this.view = observation;
    const runs = new Observable<GraphEvent>((subscriber) => {
      observation.begin();
      const run = new GraphRun(plan, observation);
      const stop = (): void => run.stop();
      this.#stop = stop;
      if (signal?.aborted) this.#stopRequested = true;
      const onAbort = (): void => this.stop();
      signal?.addEventListener('abort', onAbort);
      run.events.subscribe({
        next: (event) => observation.onEvent(event),
        error: (error: GstIplError) => observation.finish(error),
        complete: () => observation.finish(),
      });
      const subscription = run.events.subscribe(subscriber);
      let left = (): void => undefined;
      this.#left = new Promise((resolve) => (left = resolve));
      const begun = this.#stopRequested ? undefined : this.#gone ? this.#gone.then(() => run.start()) : run.start();
      if (!begun) run.stop();
      void begun?.then(() => {
        if (this.#stopRequested) run.stop();
      });
      return () => {
        subscription.unsubscribe();
        signal?.removeEventListener('abort', onAbort);
        left();
        // One that never began must not hide one that is still being let go of.
        this.#gone = Promise.all([this.#gone, run.tearDown()]).then(() => undefined);
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

  /** Resolves when nothing of the last run is at work any more: a program that unsubscribes and exits waits for it. */
  get gone(): Promise<void> {
    return this.#gone ?? Promise.resolve();
  }

  /** Stops what runs, and resolves when its files are whole and nothing of it is at work. How it ended, `events` says. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#left) this.stop();
    await this.#left;
    await this.gone;
  }

  /** Ends sources now and lets everything drain, so that files are whole. `events` completes afterwards. */
  stop(): void {
    this.#stopRequested = true;
    this.#stop();
  }
}
