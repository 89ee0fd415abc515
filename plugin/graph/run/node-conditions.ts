/** The conditions of all nodes of a graph, and the events of the graph that they become. */
import { Subject, type Observable } from 'rxjs';
import { Conditions, WARNING, type ActiveCondition, type ConditionNews } from '../../core/metrics/conditions';
import type { GraphEvent } from '../../core/graph-event';
import { redact } from '../../core/secrets/redact';

export class NodeConditions {
  readonly #news = new Subject<GraphEvent>();
  readonly #nodes = new Map<string | undefined, Conditions>();

  get news(): Observable<GraphEvent> {
    return this.#news;
  }

  /** @param node without it, those of the graph itself */
  of(node: string | undefined): Conditions {
    let conditions = this.#nodes.get(node);
    if (!conditions) this.#nodes.set(node, (conditions = new Conditions((news) => this.#publish(node, news))));
    return conditions;
  }

  activeOf(node: string): ActiveCondition[] {
    // What was warned of is in the log, and no state.
    const active = this.#nodes.get(node)?.active.filter(({ name }) => !name.startsWith(WARNING)) ?? [];
    return active.map(({ name, message, degrades }) => ({ name, message: redact(message), degrades }));
  }

  /** Emits nothing more by itself. */
  close(): void {
    for (const conditions of this.#nodes.values()) conditions.close();
  }

  /** Another run begins without any. */
  forget(): void {
    this.close();
    this.#nodes.clear();
  }

  #publish(node: string | undefined, { message, ...news }: ConditionNews): void {
    const repeats = news.name.startsWith(WARNING);
    const condition = repeats ? { ...news, name: WARNING } : news;
    const event = { type: news.state === 'ends' ? 'notice' : 'warning', node, message: redact(message) } as const;
    // A warning that is raised for the first time is a warning, and no more.
    this.#news.next(repeats && news.state === 'begins' ? event : { ...event, condition });
  }
}
