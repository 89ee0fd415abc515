/** A graph at work, as an Observable of what happens. */
import { Observable } from 'rxjs';
import type { Nanoseconds } from '../time';
import { GraphRun } from './graph-run';
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
  | { readonly type: 'warning'; readonly node: string | undefined; readonly message: string };

/** A graph at work. */
export class RunningGraph {
  /**
   * What happens, from subscription on. Completes when every sink has finished; errors with the first GstIplError after
   * sinks had the chance to finish their files. Unsubscribing stops at once.
   */
  readonly events: Observable<GraphEvent>;
  #stop: () => void = () => undefined;
  #stopRequested = false;

  constructor(plan: Plan) {
    this.events = new Observable((subscriber) => {
      const run = new GraphRun(plan);
      this.#stop = () => run.stop();
      const subscription = run.events.subscribe(subscriber);
      void run.start().then(() => {
        if (this.#stopRequested) run.stop();
      });
      return () => {
        subscription.unsubscribe();
        run.tearDown();
      };
    });
  }

  /** Ends sources now and lets everything drain, so that files are whole. `events` completes afterwards. */
  stop(): void {
    this.#stopRequested = true;
    this.#stop();
  }
}
