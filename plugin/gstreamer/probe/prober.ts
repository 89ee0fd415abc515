/**
 * A process that answers what is asked of GStreamer. One is enough: a graph asks a dozen times while it starts, and Node and GStreamer
 * take a tenth of a second to begin. It ends when nobody has asked for a while, and with this process, also by SIGKILL: its input ends.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';

/** A registry that must be rebuilt (first use, new plugins) takes a few seconds. */
const TIMEOUT_MS = 30_000;

/** Longer than a graph takes from its check to its start; what runs for months keeps no process beside it. */
const IDLE_MS = 3000;

/** It frees nothing that it parsed. */
const MOST_REQUESTS = 500;

/** What became of a request: an answer, as JSON; or it was there when the process ended, or behind another that was. */
type Outcome = { readonly answer: string } | 'ended' | 'behind';

interface Waiting {
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: Error) => void;
}

/** What decides what GStreamer has: a process began with its own. */
const surroundings = (): string => JSON.stringify(Object.entries(process.env).filter(([name]) => name.startsWith('GST_') || name === 'PATH'));

class Prober {
  readonly #surroundings = surroundings();
  readonly #child: ChildProcess;
  /** In the order in which they are answered. */
  readonly #waiting: Waiting[] = [];
  #asked = 0;
  #retired = false;
  #timer: NodeJS.Timeout | undefined;

  constructor() {
    this.#child = spawn(process.execPath, [path.join(__dirname, 'probe-child.cjs')], { stdio: ['pipe', 'pipe', 'ignore'] });
    const { stdin, stdout } = this.#child;
    stdin?.on('error', () => undefined); // It may end before it has read everything; its exit tells.
    if (stdout) createInterface({ input: stdout }).on('line', (answer) => this.#settle({ answer }));
    this.#child.on('error', (error) => this.#end(({ reject }) => reject(error)));
    this.#child.on('close', () => this.#end(({ resolve }, index) => resolve(index === 0 ? 'ended' : 'behind')));
    this.#hold(false);
  }

  get usable(): boolean {
    return !this.#retired && this.#asked < MOST_REQUESTS && this.#surroundings === surroundings();
  }

  /** @param request one line */
  ask(request: string): Promise<Outcome> {
    this.#asked += 1;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#child.stdin?.write(`${request}\n`);
      if (this.#waiting.length === 1) this.#watch();
    });
  }

  /** Ends it when it has answered what it was asked. */
  retire(): void {
    this.#retired = true;
    this.#child.stdin?.end();
  }

  #settle(outcome: Outcome): void {
    this.#waiting.shift()?.resolve(outcome);
    this.#watch();
  }

  /** The first in turn has so long; and with nobody in turn it ends. */
  #watch(): void {
    clearTimeout(this.#timer);
    const busy = this.#waiting.length > 0;
    this.#hold(busy);
    this.#timer = busy ? setTimeout(() => this.#child.kill('SIGKILL'), TIMEOUT_MS) : setTimeout(() => this.retire(), IDLE_MS).unref();
  }

  /** Whether it keeps this program from ending. */
  #hold(held: boolean): void {
    for (const one of [this.#child, this.#child.stdin, this.#child.stdout] as ({ ref?: () => void; unref?: () => void } | null)[]) {
      if (held) one?.ref?.();
      else one?.unref?.();
    }
  }

  #end(settle: (waiting: Waiting, index: number) => void): void {
    this.#retired = true;
    clearTimeout(this.#timer);
    this.#waiting.splice(0).forEach(settle);
  }
}

let current: Prober | undefined;

/**
 * @param request anything that JSON can tell
 * @returns the answer; undefined where the process ended over it
 */
export async function probe(request: unknown): Promise<unknown> {
  for (;;) {
    if (!current?.usable) {
      current?.retire();
      current = new Prober();
    }
    const outcome = await current.ask(JSON.stringify(request));
    if (outcome === 'ended') return undefined;
    if (outcome !== 'behind') return JSON.parse(outcome.answer);
  }
}
