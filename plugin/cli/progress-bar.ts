/** A progress bar on a terminal; elsewhere a line now and then, fit for logs. */
import type { GraphEvent } from '../core/graph-event';
import type { GraphView } from '../core/graph-view';
import { entryOf, formatEntry, showsColour, type LogEntry } from '../observe/log';
import type { RunDisplay } from './display';
import { admits, countOf, lossesOf } from './output';

const BAR_WIDTH = 28;
const REDRAW_MS = 100;
const LOG_MS = 5_000;

export class ProgressBar implements RunDisplay {
  readonly #stream: NodeJS.WriteStream;
  readonly #label: string;
  readonly #view: GraphView;
  #timer: NodeJS.Timeout | undefined;
  #duration: number | undefined;
  /** Seconds of running time reached. */
  #position = 0;
  #started = 0;
  /** Pictures when it was drawn. */
  #drawn = 0;

  constructor(label: string, view: GraphView, stream: NodeJS.WriteStream = process.stderr) {
    this.#label = label;
    this.#view = view;
    this.#stream = stream;
  }

  onEvent(event: GraphEvent): void {
    if (event.type === 'started') {
      this.#started = performance.now();
      this.#duration = event.duration;
      this.#timer ??= setInterval(() => this.#draw(), this.#stream.isTTY ? REDRAW_MS : LOG_MS);
    }
    const entry = event.type === 'started' ? undefined : entryOf(event);
    if (entry) this.note(entry);
    if (event.type === 'frame') this.#position = Number(event.runningTime + (event.duration ?? 0n)) / 1e9;
  }

  /** A line above the bar. */
  note(entry: LogEntry): void {
    if (!admits(entry)) return;
    if (this.#stream.isTTY) this.#stream.write('\r\x1b[K');
    this.#stream.write(`${formatEntry(entry, 'pretty', { colour: showsColour(this.#stream) })}\n`);
  }

  /** The bar's last state, as a line that stays. */
  end(): void {
    clearInterval(this.#timer);
    if (this.#stream.isTTY) this.#stream.write('\r\x1b[K');
    const seconds = this.#seconds();
    const frames = this.#view.delivered();
    const rate = frames > 1 && seconds > 0 ? `, ${(frames / seconds).toFixed(1)} frames/s` : '';
    this.#stream.write(`${this.#label}: ${countOf(frames)} in ${seconds.toFixed(1)} s${rate}${lossesOf(this.#view)}\n`);
  }

  #draw(): void {
    const frames = this.#view.delivered();
    // A stall shows in the numbers and the log; in a log of progress it would be the same line again and again.
    if (frames === this.#drawn) return;
    this.#drawn = frames;
    const seconds = this.#seconds();
    const rate = `${(frames / Math.max(seconds, 1e-3)).toFixed(1)} frames/s`;
    const share = this.#duration ? Math.min(1, this.#position / this.#duration) : undefined;
    const parts = [this.#label];
    if (share !== undefined) {
      parts.push(bar(share));
    }
    parts.push(countOf(frames), rate);
    if (share !== undefined && share > 0.02) parts.push(`${formatLeft((seconds / share) * (1 - share))} left`);
    this.#stream.write(this.#stream.isTTY ? `\r${parts.join('  ')}\x1b[K` : `${parts.join('  ')}\n`);
  }

  #seconds(): number {
    return this.#started === 0 ? 0 : (performance.now() - this.#started) / 1000;
  }
}

export function bar(share: number): string {
  const filled = Math.round(share * BAR_WIDTH);
  return `[${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)}] ${Math.round(share * 100)} %`;
}

function formatLeft(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
