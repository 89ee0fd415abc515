/** Runs a graph on the terminal: progress, warnings, and Ctrl-C that ends recordings properly. */
import type { Subscription } from 'rxjs';
import type { Graph } from '../core/graph/load';
import { ProgressBar } from './progress-bar';

/** The shell's code for "ended by SIGINT". */
const INTERRUPTED = 130;

/**
 * Resolves when every sink has finished.
 * @throws GstIplError as RunningGraph.events does
 */
export async function playGraph(graph: Graph, label: string): Promise<void> {
  const running = graph.run();
  const progress = new ProgressBar(label);
  const counted = progressNode(graph);
  let stopping = false;
  let subscription: Subscription | undefined;
  const stop = (): void => {
    if (stopping) {
      // Node waits for its pool at exit, and the pool for GStreamer: pipelines must be stopped first.
      subscription?.unsubscribe();
      process.exit(INTERRUPTED);
    }
    stopping = true;
    progress.note('Finishing: files are being completed. Press Ctrl-C again to stop at once.');
    running.stop();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  process.on('SIGHUP', stop);
  try {
    await new Promise<void>((resolve, reject) => {
      subscription = running.events.subscribe({
        next: (event) => {
          if (event.type !== 'frame' || event.node === counted) progress.take(event);
        },
        error: reject,
        complete: resolve,
      });
    });
  } finally {
    progress.end();
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.off(signal, stop);
  }
}

/** The last stage that gives frames: what passes it is what the user waits for. */
function progressNode(graph: Graph): string | undefined {
  return graph.plan.stages.filter(({ element }) => element.output === 'frames').at(-1)?.name;
}
