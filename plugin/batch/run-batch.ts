/**
 * Takes the jobs of a plan to a runner, and notes down what is done. What is done already, by what the files hold and how they are
 * fused, is left.
 */
import path from 'node:path';
import { messageOf } from '../core/errors';
import type { Depot } from '../core/files/depot';
import { AtOnce } from './at-once';
import { jobId, optionsFor } from './job';
import { identityOf, Journal } from './journal';
import type { Outcome } from './perform-job';
import type { Job } from './plan';
import type { Runner } from './runner';

export interface Result {
  readonly job: Job;
  readonly state: 'fused' | 'skipped' | 'failed';
  readonly seconds: number;
  /** Of one that failed, why; else what was told. */
  readonly messages: readonly string[];
}

export interface BatchSettings {
  readonly out: string;
  /** Options of `gst-ipl fuse`; job.ts says which are recordings', too. */
  readonly options: readonly string[];
  readonly version: string;
  /** What all who share the outputs call one. Its path, where nobody does. */
  readonly placeOf?: ((output: string) => string) | undefined;
  /** Where the outputs are for all. */
  readonly depot?: Depot | undefined;
  readonly tell: (result: Result, done: number) => void;
}

/** Files are read from one disk: more jobs at once would not be known sooner. */
const READ_AT_ONCE = 4;

export class BatchRun {
  readonly #runner: Runner;
  readonly #reading = new AtOnce(READ_AT_ONCE);
  #stopped = false;

  constructor(runner: Runner) {
    this.#runner = runner;
  }

  /** In the order of the jobs, as far as it came. */
  async run(jobs: readonly Job[], settings: BatchSettings): Promise<Result[]> {
    const journal = await Journal.open(settings.out, settings.depot);
    const results: Result[] = [];
    let next = 0;
    let done = 0;
    const work = async (): Promise<void> => {
      while (next < jobs.length && !this.#stopped) {
        const number = next;
        next += 1;
        const result = await this.#one(jobs[number], journal, settings);
        if (result === undefined) continue;
        results[number] = result;
        done += 1;
        settings.tell(result, done);
      }
    };
    await Promise.all(Array.from({ length: Math.min(this.#runner.lanes, jobs.length) }, work));
    return Object.values(results);
  }

  /** Nothing more is begun, and what is under way here leaves nothing. */
  stop(): void {
    this.#stopped = true;
    this.#runner.stop();
  }

  /** @returns undefined for one that was stopped */
  async #one(job: Job, journal: Journal, { out, options, version, placeOf = (file) => path.resolve(file) }: BatchSettings): Promise<Result | undefined> {
    const start = performance.now();
    const output = path.join(out, job.output);
    const own = optionsFor(job.kind, options);
    try {
      const identity = await this.#reading.run(() => identityOf(job.files, [version, ...own]));
      if (await journal.isDone(identity, out, job.output)) return { job, state: 'skipped', seconds: 0, messages: [] };
      if (this.#stopped) return undefined;
      const outcome = await this.#runner.perform({ id: jobId(identity, placeOf(output)), kind: job.kind, inputs: job.files, output, options: own, version });
      if (outcome.state === 'done') await journal.add(identity, job.output);
      return resultOf(job, outcome);
    } catch (error) {
      return this.#stopped ? undefined : { job, state: 'failed', seconds: (performance.now() - start) / 1000, messages: [messageOf(error)] };
    }
  }
}

function resultOf(job: Job, { state, seconds, messages }: Outcome): Result | undefined {
  return state === 'stopped' ? undefined : { job, state: state === 'done' ? 'fused' : 'failed', seconds, messages };
}
