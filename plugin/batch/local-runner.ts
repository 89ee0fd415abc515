/** Does jobs on this machine, each in a process that has no other at the time. */
import { setMaxListeners } from 'node:events';
import { sharedAmong } from '../core/cores';
import type { JobSpec } from './job';
import { endKept } from './kept-processes';
import { performJob, type Outcome } from './perform-job';
import type { Runner } from './runner';

export class LocalRunner implements Runner {
  readonly lanes: number;
  readonly #command: readonly string[];
  readonly #stopping = new AbortController();

  /** @param command what runs `gst-ipl`: arguments of node @param lanes jobs at once */
  constructor(command: readonly string[], lanes: number) {
    this.#command = command;
    this.lanes = lanes;
    setMaxListeners(0, this.#stopping.signal);
  }

  perform(job: JobSpec): Promise<Outcome> {
    return performJob(job, { command: this.#command, signal: this.#stopping.signal, cores: sharedAmong(this.lanes) });
  }

  stop(): void {
    this.#stopping.abort();
  }

  async close(): Promise<void> {
    endKept();
  }
}
