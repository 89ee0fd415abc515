/** Workers as an operator has them: processes that may be killed. */
import type { ChildProcess } from 'node:child_process';
import { hostname } from 'node:os';
import { startCommand, says, type Finished } from './command';
import { programOf } from './program';

export class TestWorker {
  readonly #child: ChildProcess;
  readonly finished: Promise<Finished>;
  /** Takes jobs. */
  readonly ready: Promise<void>;
  /** Has begun a job, and said so in its log. */
  readonly begun: Promise<void>;

  constructor(url: string, shared: string, ...more: readonly string[]) {
    const { child, finished } = startCommand('worker', '--queue', url, '--shared', shared, '--jobs', '1', '--silence', '3', ...more);
    this.#child = child;
    this.finished = finished;
    this.ready = says(child, /takes \d+ jobs/);
    this.begun = says(child, /begins\./);
  }

  /** What the queue calls it. */
  get name(): string {
    return `${hostname()}:${this.pid}`;
  }

  /** The process that the queue knows as its worker. */
  get pid(): number {
    return Number(programOf(this.#child.pid));
  }

  /** As the kernel ends a process for want of memory: the worker itself, not its launcher. */
  async kill(): Promise<void> {
    const { pid } = this;
    if (pid > 0) process.kill(pid, 'SIGKILL');
    await this.finished;
  }

  async stop(): Promise<Finished> {
    this.#child.kill('SIGTERM');
    return this.finished;
  }
}
