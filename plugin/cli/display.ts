/** What every display of a running graph can do: a bar, a table, lines of JSON (run-display.ts chooses). */
import type { GraphEvent } from '../core/graph-event';
import type { LogEntry } from '../observe/log';

export interface RunDisplay {
  /** Hears every event; frames of the last stage only. What is counted is `view.delivered()`. */
  onEvent(event: GraphEvent): void;
  note(entry: LogEntry): void;
  /** Called once, also after errors. */
  end(): void;
}
