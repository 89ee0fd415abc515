/** `gst-ipl run --stats`: a table of the nodes that stays in place on a terminal, and comes now and then elsewhere. */
import type { GraphEvent } from '../core/graph-event';
import type { GraphView } from '../core/graph-view';
import { entryOf, formatEntry, showsColour, type LogEntry } from '../observe/log';
import { statsOf, statsTable } from '../observe/stats-table';
import type { RunDisplay } from './display';
import { admits, countOf, lossesOf } from './output';

/** As often as numbers can be read. */
const REDRAW_MS = 500;

export class StatsDisplay implements RunDisplay {
  readonly #label: string;
  readonly #view: GraphView;
  readonly #stream: NodeJS.WriteStream;
  readonly #timer: NodeJS.Timeout;
  readonly #started = performance.now();
  /** Lines of the table on the terminal. */
  #height = 0;

  /** @param logMs between two tables where there is no terminal */
  constructor(label: string, view: GraphView, logMs: number, stream: NodeJS.WriteStream = process.stderr) {
    this.#label = label;
    this.#view = view;
    this.#stream = stream;
    this.#timer = setInterval(() => this.#draw(), stream.isTTY ? REDRAW_MS : logMs);
  }

  onEvent(event: GraphEvent): void {
    const entry = event.type === 'started' ? undefined : entryOf(event);
    if (entry) this.note(entry);
  }

  note(entry: LogEntry): void {
    if (!admits(entry)) return;
    this.#erase();
    this.#stream.write(`${formatEntry(entry, 'pretty', { colour: showsColour(this.#stream) })}\n`);
    if (this.#stream.isTTY) this.#draw();
  }

  /** The last table stays. */
  end(): void {
    clearInterval(this.#timer);
    this.#draw();
    const seconds = (performance.now() - this.#started) / 1000;
    this.#stream.write(`${this.#label}: ${countOf(this.#view.delivered())} in ${seconds.toFixed(1)} s${lossesOf(this.#view)}\n`);
  }

  #draw(): void {
    this.#erase();
    const lines = statsTable(statsOf(this.#view)).split('\n');
    // A line that wraps could not be erased.
    const fitting = this.#stream.isTTY ? lines.map((line) => line.slice(0, (this.#stream.columns || 80) - 1)) : lines;
    this.#stream.write(`${fitting.join('\n')}\n`);
    this.#height = lines.length;
  }

  #erase(): void {
    if (this.#stream.isTTY && this.#height > 0) this.#stream.write(`\x1b[${this.#height}A\x1b[J`);
    this.#height = 0;
  }
}
