/** What a running graph shows on the terminal, or writes into a log. */
import type { GraphEvent } from '../core/graph-event';
import type { GraphView } from '../core/graph-view';
import { entryOf, type LogEntry } from '../observe/log';
import { statsOf } from '../observe/stats-table';
import type { RunDisplay } from './display';
import { admits, countOf, lossesOf, outputFormat, writeEntry } from './output';
import { ProgressBar } from './progress-bar';
import { StatsDisplay } from './stats-display';

/** Between two lines of a log that say how it goes: a day of them is small, and a stall shows in the same minute. */
const LOG_MS = 30_000;

/** With --stats somebody looks. */
const STATS_MS = 5_000;

/** Without progress and end, where no information is asked for. */
export function displayFor(label: string, view: GraphView, stats: boolean): RunDisplay {
  if (!admits({ level: 'info', event: 'progress', message: '' })) return QUIET;
  if (outputFormat() === 'json') return new JsonDisplay(label, view, stats);
  return stats ? new StatsDisplay(label, view, STATS_MS) : new ProgressBar(label, view);
}

const QUIET: RunDisplay = {
  onEvent(event) {
    const entry = entryOf(event);
    if (entry) this.note(entry);
  },
  note(entry) {
    writeEntry(entry);
  },
  end: () => undefined,
};

class JsonDisplay implements RunDisplay {
  readonly #label: string;
  readonly #view: GraphView;
  readonly #started = performance.now();
  readonly #timer: NodeJS.Timeout;

  constructor(label: string, view: GraphView, stats: boolean) {
    this.#label = label;
    this.#view = view;
    const report = (): void => {
      const details = stats ? { nodes: statsOf(view) } : {};
      this.note({ level: 'info', event: stats ? 'stats' : 'progress', message: `${countOf(view.delivered())} so far.`, details: { ...this.#figures(), ...details } });
    };
    this.#timer = setInterval(report, stats ? STATS_MS : LOG_MS);
  }

  onEvent(event: GraphEvent): void {
    const entry = entryOf(event);
    if (entry) this.note(entry);
  }

  note(entry: LogEntry): void {
    writeEntry(entry);
  }

  end(): void {
    clearInterval(this.#timer);
    const figures = this.#figures();
    this.note({ level: 'info', event: 'ended', message: `${this.#label}: ${countOf(figures.frames)} in ${figures.seconds.toFixed(1)} s${lossesOf(this.#view)}`, details: figures });
  }

  #figures(): { frames: number; seconds: number } {
    return { frames: this.#view.delivered(), seconds: Math.round(performance.now() - this.#started) / 1000 };
  }
}
