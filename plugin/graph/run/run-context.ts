/** What the parts of one run have in common: the plan, the streams between nodes, and who hears of events. */
import type { Observable, Subject } from 'rxjs';
import type { Item } from '../../core/frames/frame';
import type { GraphClock } from '../../core/clocks/graph-clock';
import type { GraphEvent } from '../../core/graph-event';
import type { GraphObservation } from './observation';
import type { OpenEnds } from './open-ends';
import type { Plan } from '../plan';
import type { RunProgress } from './run-progress';
import type { RunSounds } from './run-sounds';

export interface RunContext {
  readonly plan: Plan;
  readonly observation: GraphObservation;
  readonly clock: GraphClock;
  readonly events: Subject<GraphEvent>;
  readonly streams: RunStreams;
  readonly sounds: RunSounds;
  readonly progress: RunProgress;
  /** By name of the pipeline, or of the stage. */
  readonly ends: OpenEnds;
  /** @param node without it, the graph itself */
  readonly warn: (node: string | undefined, message: string) => void;
  /** Something broke: what is under way is brought to its end. @param broken the pipeline that cannot be */
  readonly fail: (error: unknown, broken?: string) => void;
}

/** What nodes give, by their names. */
export class RunStreams {
  readonly #streams = new Map<string, Observable<Item>>();

  set(node: string, stream: Observable<Item>): void {
    this.#streams.set(node, stream);
  }

  of(node: string): Observable<Item> {
    const stream = this.#streams.get(node);
    if (!stream) throw new TypeError(`Node ${node} has no stream.`);
    return stream;
  }
}
