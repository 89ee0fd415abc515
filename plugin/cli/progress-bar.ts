/** A progress bar on a terminal; elsewhere a line now and then, fit for logs. */
import type { GraphEvent } from '../core/graph/run';
import { entryOf, formatEntry, type LogEntry } from '../observe/log';
import { countOf } from './output';
import type { RunDisplay } from './run-display';

const BAR_WIDTH = 28;
const REDRAW_MS = 100;
const LOG_MS = 5_000;

export class ProgressBar implements RunDisplay {
  readonly #stream: NodeJS.WriteStream;
  readonly #label: string;
  #duration: number | undefined;
  #frames = 0;
  /** Seconds of running time reached. */
  #position = 0;
  #started = 0;
  #drawn = 0;

  constructor(label: string, stream: NodeJS.WriteStream = process.stderr) {
    this.#label = label;
    this.#stream = stream;
  }

  /** Counts the frames of one node, the last stage. */
  take(event: GraphEvent): void {
    if (event.type === 'started') {
      this.#started = performance.now();
      this.#duration = event.duration;
    }
    const entry = event.type === 'started' ? undefined : entryOf(event);
    if (entry) this.note(entry);
    if (event.type !== 'frame') return;
    this.#frames += 1;
    this.#position = Number(event.runningTime + (event.duration ?? 0n)) / 1e9;
    const now = performance.now();
    if (now - this.#drawn < (this.#stream.isTTY ? REDRAW_MS : LOG_MS)) return;
    this.#drawn = now;
    this.#draw();
  }

  /** A line above the bar. */
  note(entry: LogEntry): void {
    if (this.#stream.isTTY) this.#stream.write('\r\x1b[K');
    this.#stream.write(`${formatEntry(entry, 'pretty')}\n`);
  }

  /** The bar's last state, as a line that stays. */
  end(): void {
    if (this.#stream.isTTY) this.#stream.write('\r\x1b[K');
    const seconds = this.#seconds();
    const rate = this.#frames > 1 && seconds > 0 ? `, ${(this.#frames / seconds).toFixed(1)} frames/s` : '';
    this.#stream.write(`${this.#label}: ${countOf(this.#frames)} in ${seconds.toFixed(1)} s${rate}\n`);
  }

  #draw(): void {
    const seconds = this.#seconds();
    const rate = `${(this.#frames / Math.max(seconds, 1e-3)).toFixed(1)} frames/s`;
    const share = this.#duration ? Math.min(1, this.#position / this.#duration) : undefined;
    const parts = [this.#label];
    if (share !== undefined) {
      const filled = Math.round(share * BAR_WIDTH);
      parts.push(`[${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)}] ${Math.round(share * 100)} %`);
    }
    parts.push(`${this.#frames} frames`, rate);
    if (share !== undefined && share > 0.02) parts.push(`${formatLeft((seconds / share) * (1 - share))} left`);
    this.#stream.write(this.#stream.isTTY ? `\r${parts.join('  ')}\x1b[K` : `${parts.join('  ')}\n`);
  }

  #seconds(): number {
    return this.#started === 0 ? 0 : (performance.now() - this.#started) / 1000;
  }
}

function formatLeft(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
