/** Runs a graph on the terminal: progress, warnings, and Ctrl-C that ends recordings properly. */
import type { Subscription } from 'rxjs';
import { GstIplError, messageOf, traceOf } from '../core/errors';
import { describePlan } from '../graph/describe';
import type { Graph } from '../graph/load';
import type { Part } from '../graph/plan';
import { HttpService, type ListenAddress } from '../observe/http';
import { monitoring } from '../observe/http/monitoring';
import { INTERRUPTED } from './output';
import { PhaseLog } from './phase-log';
import { displayFor } from './run-display';
import { atStopSignal } from './stop-signal';
import { supervisorOf } from './supervisor';

export interface PlayOptions {
  /** Shows a table of the nodes instead of a bar. */
  readonly stats?: boolean;
  /** Of its files. */
  readonly part?: Part;
  /** Serves `/metrics` and `/health`. */
  readonly monitor?: { readonly address: ListenAddress; readonly token: string | undefined } | undefined;
}

/**
 * Resolves when every sink has finished.
 * @throws GstIplError as RunningGraph.events does, and `set-up` when the monitor cannot listen
 */
export async function playGraph(graph: Graph, label: string, { stats = false, monitor, part }: PlayOptions = {}): Promise<void> {
  const running = graph.run({ part });
  const warn = (message: string): void => progress.note({ level: 'warning', event: 'warning', message });
  const server = monitor && new HttpService({ ...monitor, warn }, [monitoring(running.view)]);
  await server?.listen();
  const progress = displayFor(label, running.view, stats);
  progress.note({ level: 'debug', event: 'plan', message: describePlan(graph.plan) });
  if (server) progress.note({ level: 'info', event: 'notice', message: `Metrics are at ${server.url}metrics, the health at ${server.url}health.` });
  const supervisor = await supervisorOf(running.view, warn);
  const shown = progressNode(graph);
  const phases = new PhaseLog(running.view, (entry) => progress.note(entry));
  let stopping = false;
  let started = false;
  let subscription: Subscription | undefined;
  let forgetSignals = atStopSignal(() => {
    stopping = true;
    forgetSignals = atStopSignal(() => {
      // What was written so far gets its name.
      subscription?.unsubscribe();
      void running.gone.then(() => process.exit(INTERRUPTED));
    });
    supervisor.stopping();
    progress.note({ level: 'info', event: 'finishing', message: 'Finishing: files are being completed. Press Ctrl-C again to stop at once.' });
    running.stop();
  });
  // A user's code may throw where nobody waits for it. What the graph has under way is still whole.
  let uncaught: GstIplError | undefined;
  const onUncaught = (error: unknown): void => {
    uncaught ??= new GstIplError('pipeline-failed', `Code beside the graph failed: ${messageOf(error)}`, { cause: error, trace: traceOf(error) });
    running.stop();
  };
  process.on('uncaughtException', onUncaught);
  try {
    await new Promise<void>((resolve, reject) => {
      subscription = running.events.subscribe({
        next: (event) => {
          started ||= event.type === 'started';
          supervisor.onEvent(event);
          if (event.type !== 'frame' || event.node === shown) progress.onEvent(event);
        },
        error: reject,
        complete: resolve,
      });
    });
    if (uncaught) throw uncaught;
    if (stopping && !started) throw new GstIplError('no-pictures', 'It was stopped before the first frame.');
  } finally {
    phases.end();
    progress.end();
    supervisor.end();
    forgetSignals();
    process.off('uncaughtException', onUncaught);
    await server?.close();
  }
}

/** The last stage that gives frames: the time that it has reached is shown. How many pictures, the outputs say. */
function progressNode(graph: Graph): string | undefined {
  return graph.plan.stages.filter(({ element }) => element.output === 'frames').at(-1)?.name;
}
