/** Runs graphs to their ends and tells what happened. */
import { builtinElements, defineElement, parseGraphText, type ExposureSet, type Graph, type GraphEvent, type GstIplError, type RunningGraph } from '../../plugin';
import { map, type Observable } from 'rxjs';
import { ElementRegistry } from '../../plugin';

/** Stands where `ipl` would: gives the middle exposure of each set, so that no network is needed. */
export const middleElement = defineElement({
  kind: 'stage',
  name: 'middle',
  summary: 'The middle exposure of a set.',
  input: { min: 1, max: 1, medium: 'exposures' },
  output: 'frames',
  options: {},
  example: 'picked: { use: middle, from: set }',
  create: () => ({
    connect: ([sets]) =>
      (sets as Observable<ExposureSet>).pipe(map(({ frames }) => frames[Math.floor(frames.length / 2)] ?? raise('no frame'))),
  }),
});

function raise(text: string): never {
  throw new Error(text);
}

export function registryWithMiddle(): ElementRegistry {
  const registry = builtinElements();
  registry.add(middleElement);
  return registry;
}

/** @param dry what the graph names need not be there: for tests of what happens when it is missed only at work */
export function load(text: string, params: Record<string, string> = {}, registry = registryWithMiddle(), dry = false): Promise<Graph> {
  return parseGraphText(text, { params, dry }, registry);
}

export interface Outcome {
  readonly events: GraphEvent[];
  readonly warnings: string[];
  readonly error: GstIplError | undefined;
  /** Frames by node. */
  frames(node: string): bigint[];
}

/** @param onEvent may stop the graph */
export function runToEnd(graph: Graph, onEvent: (event: GraphEvent, running: RunningGraph) => void = () => undefined): Promise<Outcome> {
  const events: GraphEvent[] = [];
  const running = graph.run();
  return new Promise((resolve) => {
    const finish = (error?: GstIplError): void => {
      resolve({
        events,
        warnings: events.flatMap((event) => (event.type === 'warning' ? [event.message] : [])),
        error,
        frames: (node) => events.flatMap((event) => (event.type === 'frame' && event.node === node ? [event.runningTime] : [])),
      });
    };
    running.events.subscribe({
      next: (event) => {
        events.push(event);
        onEvent(event, running);
      },
      error: finish,
      complete: () => finish(),
    });
  });
}
