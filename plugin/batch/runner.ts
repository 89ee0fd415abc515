/** Who does jobs: this process (./local-runner.ts), or machines that take them from a queue (plugin/queue). */
import type { JobSpec } from './job';
import type { Outcome } from './perform-job';

export interface Runner {
  /** As many jobs as it takes at once. */
  readonly lanes: number;
  perform(job: JobSpec): Promise<Outcome>;
  /** What it has under way is stopped; of others no more is heard. */
  stop(): void;
  close(): Promise<void>;
}
