/** `--log-level debug`: what each node is doing, as it changes, for who looks for the one that a chain waits for. */
import type { GraphView, NodePhase } from '../core/graph-view';
import type { LogEntry } from '../observe/log';
import { admits } from './output';

/** As fine as anybody asks. */
const LOOK_MS = 100;

export class PhaseLog {
  readonly #view: GraphView;
  readonly #note: (entry: LogEntry) => void;
  readonly #phases = new Map<string, NodePhase>();
  readonly #begun = performance.now();
  readonly #timer: NodeJS.Timeout | undefined;

  /** Looks at nothing where no node is asked for. */
  constructor(view: GraphView, note: (entry: LogEntry) => void) {
    this.#view = view;
    this.#note = note;
    const asked = view.nodes().some(({ name }) => admits(entryFor(name, '')));
    this.#timer = asked ? setInterval(() => this.#look(), LOOK_MS) : undefined;
  }

  end(): void {
    if (!this.#timer) return;
    clearInterval(this.#timer);
    this.#look();
  }

  #look(): void {
    const seconds = Math.round(performance.now() - this.#begun) / 1000;
    for (const { name, phase, reason } of this.#view.nodes()) {
      const before = this.#phases.get(name);
      if (before === phase) continue;
      this.#phases.set(name, phase);
      const message = `${phase}${before === undefined ? '' : ` (was ${before})`}, ${seconds.toFixed(1)} s after the start${reason === undefined ? '' : `: ${reason}`}`;
      this.#note({ ...entryFor(name, message), details: { phase, before, seconds } });
    }
  }
}

const entryFor = (node: string, message: string): LogEntry => ({ level: 'debug', event: 'phase', node, message });
