/** A graph at work as it is seen from outside: its nodes, what they do, their metrics, what may be changed. */
import type { Observable } from 'rxjs';
import type { ActiveCondition } from './metrics/conditions';
import type { GraphEvent } from './graph-event';
import type { LiveParameters } from './live-parameters';
import type { Metrics } from './metrics/metrics';

/**
 * - `waiting`: nothing has come out of it yet;
 * - `running`: pictures come out of it; of an output: they arrive where they should;
 * - `silent`: none has for a while (SILENT_MS in graph/run/observation.ts);
 * - `lost`: its source failed and is being started again;
 * - `ended`, `failed`: it is over.
 */
export type NodePhase = 'waiting' | 'running' | 'silent' | 'lost' | 'ended' | 'failed';

export interface NodeView {
  readonly name: string;
  /** Name of its element. */
  readonly element: string;
  readonly from: readonly string[];
  /** Elements inside of GStreamer show nothing of themselves; then it is the phase of what feeds them. */
  readonly phase: NodePhase;
  /** Why it is lost or failed, in one sentence without secrets. */
  readonly reason: string | undefined;
  /** Of an output: milliseconds since it delivered a picture, or since the graph runs; undefined where that is not known. */
  readonly idle?: number | undefined;
  /** What goes on with it: see ./metrics/conditions.ts. */
  readonly conditions: readonly ActiveCondition[];
}

export type GraphPhase = 'starting' | 'running' | 'ended' | 'failed';

export interface GraphView {
  readonly phase: GraphPhase;
  /** Why it failed, in one sentence without secrets. */
  readonly reason: string | undefined;
  nodes(): NodeView[];
  /** Pictures that the outputs have delivered: those of the output that did most. */
  delivered(): number;
  readonly metrics: Metrics;
  readonly parameters: LiveParameters;
  readonly events: Observable<GraphEvent>;
}
