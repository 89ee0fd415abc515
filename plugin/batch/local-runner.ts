/** Does jobs on this machine, each in a process that has no other at the time. */
import { setMaxListeners } from 'node:events';
import { sharedAmong } from '../core/cores';
import { ON_DISK, type Depot } from '../core/files/depot';
import { AtOnce } from './at-once';
import { flowOf, segmentFailed, type Flow, type FlowSettings } from './flow';
import type { JobSpec } from './job';
import { endKept } from './kept-processes';
import { performJob, type Outcome } from './perform-job';
import type { Runner, TellSegment } from './runner';

export class LocalRunner implements Runner {
  readonly lanes: number;
  readonly #settings: FlowSettings;
  readonly #depot: Depot;
  readonly #tell: TellSegment;
  readonly #processes: AtOnce;
  readonly #stopping = new AbortController();

  /** @param lanes processes at once */
  constructor(settings: FlowSettings, lanes: number, tell: TellSegment = () => undefined, depot: Depot = ON_DISK) {
    this.#depot = depot;
    this.#settings = settings;
    this.#tell = tell;
    this.#processes = new AtOnce(lanes);
    this.lanes = lanes;
    setMaxListeners(0, this.#stopping.signal);
  }

  async perform(job: JobSpec): Promise<Outcome> {
    const flow = await this.#processes.run(() => flowOf(job, this.#settings, this.#stopping.signal));
    return flow ? this.#performFlow(flow) : this.#performOne(job, this.#stopping.signal);
  }

  stop(): void {
    this.#stopping.abort();
  }

  async close(): Promise<void> {
    endKept();
  }

  #performOne(job: JobSpec, signal: AbortSignal): Promise<Outcome> {
    return this.#processes.run(() => performJob(job, { command: this.#settings.command, depot: this.#depot, signal, cores: sharedAmong(this.lanes) }));
  }

  /** What one segment failed for, no other mends: the rest of them is left. */
  async #performFlow(flow: Flow): Promise<Outcome> {
    const start = performance.now();
    const giveUp = new AbortController();
    const signal = AbortSignal.any([this.#stopping.signal, giveUp.signal]);
    setMaxListeners(0, signal);
    let failed: string[] | undefined;
    let done = 0;
    await Promise.all(flow.segments.map(async (segment, index) => {
      const { state, messages } = await this.#performOne(segment, signal);
      if (state === 'done') this.#tell(flow.join.output, (done += 1), flow.segments.length);
      if (state !== 'failed' || failed) return;
      failed = segmentFailed(index + 1, flow, messages);
      giveUp.abort();
    }));
    const seconds = (): number => (performance.now() - start) / 1000;
    if (failed) return { state: 'failed', seconds: seconds(), messages: failed };
    return { ...(await this.#performOne(flow.join, signal)), seconds: seconds() };
  }
}
