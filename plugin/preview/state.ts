/** What the page shows beside the pictures, as one JSON object that it asks for every second. */
import type { GraphView } from '../core/graph-view';
import type { LiveParameter } from '../core/live-parameters';
import { isLoss } from '../core/metrics/metrics';
import { redact } from '../core/secrets/redact';
import { healthOf } from '../observe/health';
import { entryOf, type LogLevel } from '../observe/log';

/** What happened in the last hour of a bad day; the log has all of it. */
const MOST_EVENTS = 100;

export interface ShownEvent {
  readonly id: number;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly level: LogLevel;
  readonly node: string | undefined;
  readonly message: string;
}

/** The last events of a graph. */
export class EventHistory {
  readonly #events: ShownEvent[] = [];
  #next = 1;

  constructor(view: GraphView) {
    view.events.subscribe((event) => {
      const entry = entryOf(event);
      if (!entry) return;
      const { level, node, message } = entry;
      this.#events.push({ id: this.#next, time: Date.now(), level, node, message: redact(message) });
      this.#next += 1;
      if (this.#events.length > MOST_EVENTS) this.#events.shift();
    });
  }

  get events(): readonly ShownEvent[] {
    return this.#events;
  }
}

export function stateOf(view: GraphView, streams: readonly string[], history: EventHistory): Record<string, unknown> {
  const { status, reasons } = healthOf(view);
  return {
    health: { status, reasons },
    uptime: Math.round(process.uptime()),
    streams,
    nodes: view.nodes().map(({ name, element, from, phase, reason, conditions }) => {
      return { name, element, from, phase, reason: reason && redact(reason), condition: conditions.find(({ degrades }) => degrades)?.name, conditions: conditions.map(({ message }) => message) };
    }),
    figures: view.metrics.read().map((sample) => {
      const { name, labels, value } = sample;
      const shown = Object.entries(labels).map(([key, text]) => [key, redact(text)]);
      return { name: name.replace(/^gst_ipl_/, ''), labels: Object.fromEntries(shown) as Record<string, string>, value, ...(isLoss(sample) ? { loss: true } : {}) };
    }),
    parameters: view.parameters.entries().map(([path, parameter]) => describeParameter(path, parameter)),
    events: history.events,
  };
}

function describeParameter(path: string, parameter: LiveParameter): Record<string, unknown> {
  const { kind, summary } = parameter;
  if (parameter.kind === 'trigger') return { path, kind, summary };
  const value = { path, kind, summary, default: parameter.default, value: parameter.get() };
  if (parameter.kind === 'boolean') return value;
  const { min, max, unit, step = (max - min) / 100 } = parameter;
  return { ...value, min, max, step, unit };
}
