/** Who does jobs: this process (./local-runner.ts), or machines that take them from a queue (plugin/queue). */
import type { JobSpec } from './job';
import type { Outcome } from './perform-job';

/** A segment of a recording is done. */
export type TellSegment = (output: string, done: number, of: number) => void;

export interface Runner {
  /** As many jobs as it takes at once. */
  readonly lanes: number;
  perform(job: JobSpec): Promise<Outcome>;
  /** What it has under way is stopped; of others no more is heard. */
  stop(): void;
  close(): Promise<void>;
}
