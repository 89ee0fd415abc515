/** Runs a planned graph: brings its stages and pipelines up, and to their ends, whatever happens. */
import { Subject, type Subscription } from 'rxjs';
import { GstIplError } from '../../core/errors';
import { fifoReaders } from '../../gstreamer/output/fifo-readers';
import type { PipelineEvent } from '../../gstreamer/pipeline';
import { GraphClock } from '../../core/clocks/graph-clock';
import type { GraphEvent } from '../../core/graph-event';
import { filesOf } from '../../gstreamer/launch/launch-files';
import { earlyEnd } from './early-end';
import { missedPictures } from './missed-pictures';
import type { GraphObservation } from './observation';
import { OpenEnds } from './open-ends';
import type { Plan, PlannedPipeline } from '../plan';
import { RunStreams, type RunContext } from './run-context';
import { withPlace } from './run-error';
import { RunPipelines } from './run-pipelines';
import { RunProgress } from './run-progress';
import { RunSounds } from './run-sounds';
import { RunStages } from './run-stages';

/** How long the pictures that a failed source still gave may keep us waiting, each, as they leave GStreamer. */
const DRAIN_TIMEOUT_MS = 2_000;

export class GraphRun {
  readonly events = new Subject<GraphEvent>();
  readonly #context: RunContext;
  readonly #stages: RunStages;
  readonly #pipelines: RunPipelines;
  /** What nodes warn of, up to the last word about their files. */
  readonly #news: Subscription;
  #error: GstIplError | undefined;
  #drainTimer: NodeJS.Timeout | undefined;
  #playing = false;
  #stopping = false;
  #over = false;
  #tornDown = Promise.resolve();

  constructor(plan: Plan, observation: GraphObservation) {
    const clock = new GraphClock();
    const warn: RunContext['warn'] = (node, message) => observation.conditions.of(node).warn(message);
    this.#context = {
      plan,
      observation,
      clock,
      events: this.events,
      streams: new RunStreams(),
      progress: new RunProgress((isFirst) => this.#onPicture(isFirst)),
      ends: new OpenEnds(() => this.#finish()),
      warn,
      sounds: new RunSounds(plan, { clock, warn }, () => this.#pipelines.offset),
      fail: (error, broken) => this.#fail(error, broken),
    };
    this.#stages = new RunStages(this.#context);
    this.#pipelines = new RunPipelines(this.#context, {
      event: (planned, event) => this.#onPipelineEvent(planned, event),
      fileFailed: (error) => this.#keepError(error),
    });
    this.#news = observation.conditions.news.subscribe((event) => this.events.next(event));
  }

  async start(): Promise<void> {
    const { clock, progress } = this.#context;
    if (this.#over) return; // It was torn down while it waited for the last one's end.
    try {
      await this.#stages.create();
      if (this.#over) return await this.#stages.close(); // Made after all others had been closed.
      this.#pipelines.create();
      const letGo = await fifoReaders(this.#pipelines.all, () => !this.#over, (message) => this.#context.warn(undefined, message));
      if (this.#over) return letGo();
      clock.start();
      this.#stages.connect();
      this.#pipelines.connectInlets();
      this.#playing = true;
      try {
        await this.#pipelines.play();
        void this.#context.sounds.start();
      } finally {
        letGo();
      }
      if (!this.#error && !this.#pipelines.haveOutlets && !this.#stages.haveSources) progress.runsUnseen();
    } catch (error) {
      // What was stopped or left as it started was closed meanwhile, and says so: that is no failure.
      if (!this.#over) this.#fail(error);
    }
  }

  /** Ends the streams at their sources; what is under way still reaches the sinks. */
  stop(): void {
    this.#stopping = true;
    if (this.#over) return;
    // Where nothing was begun, there is nothing to finish.
    if (!this.#playing) return this.#context.ends.closeAll();
    this.#endSources();
    this.#finishSoon();
  }

  /** Nothing flows from now on. Resolves when what was at work is let go of, or hangs. */
  tearDown(): Promise<void> {
    if (!this.#over) this.#tornDown = this.#tearDown();
    return this.#tornDown;
  }

  async #tearDown(): Promise<void> {
    this.#over = true;
    this.#context.ends.dispose();
    clearTimeout(this.#drainTimer);
    this.#stages.disconnect();
    this.#pipelines.disconnect();
    await Promise.all([this.#pipelines.stop(), this.#stages.close(), this.#context.sounds.stop()]);
    this.#news.unsubscribe();
  }

  #endSources(): void {
    this.#pipelines.endSources();
    this.#stages.endSources();
  }

  #onPicture(isFirst: boolean): void {
    this.#drainTimer?.refresh();
    if (isFirst) this.events.next({ type: 'started', duration: this.#pipelines.duration });
  }

  #onPipelineEvent(planned: PlannedPipeline, event: PipelineEvent): void {
    const { ends, progress, warn } = this.#context;
    if (event.type === 'warning') warn(undefined, event.message);
    if (event.type === 'eos') {
      this.#warnOfEarlyEnd(planned);
      this.#pipelines.files.finish(planned, this.#error !== undefined);
      ends.close(planned.name);
    }
    if (event.type !== 'error') return;
    if (planned.inlet || planned.outlets.length === 0) return this.#fail(event.error, planned.name);
    // A source failed. What it gave is still fused: its appsinks end by themselves after the last picture.
    this.#keepError(event.error);
    this.#drainTimer ??= setTimeout(() => this.stop(), progress.flowing ? DRAIN_TIMEOUT_MS : 0);
    ends.close(planned.name);
  }

  #warnOfEarlyEnd(planned: PlannedPipeline): void {
    if (planned.inlet || planned.outlets.length === 0 || this.#stopping || this.#error || this.#context.plan.part) return;
    const read = this.#context.plan.nodes.filter(({ name }) => planned.nodes.includes(name)).flatMap(({ launch }) => filesOf(launch ?? '').filter(({ does }) => does === 'reads'));
    const warning = earlyEnd(this.#context.progress.end, this.#pipelines.duration, read.map(({ path }) => path));
    if (warning) this.#context.warn(undefined, warning);
  }

  /** The first is what the run ends with. */
  #keepError(error: unknown): void {
    this.#error ??= withPlace(error, this.#context.plan.nodes);
  }

  /** Something broke: sources end, and sinks that still can finish their files. */
  #fail(error: unknown, broken?: string): void {
    const { ends } = this.#context;
    this.#keepError(error);
    // Where nothing was begun, there is nothing to finish.
    if (!this.#playing) return ends.closeAll();
    this.#pipelines.endOutletsOf(broken);
    this.#endSources();
    this.#finishSoon();
    ends.close(broken ?? '');
  }

  #finishSoon(): void {
    const { ends, plan } = this.#context;
    const giveUp = (): void => {
      const stuck = [...this.#pipelines.giveUpOpen(), ...plan.stages.map(({ name }) => name).filter((name) => ends.has(name))];
      this.#error ??= new GstIplError('pipeline-failed', `Node "${stuck.join('", "')}" did not come to its end.`, {
        hint: 'It takes nothing any more. A file that it writes may be incomplete.',
      });
    };
    ends.finishSoon(() => this.#pipelines.remindOpen(), giveUp);
  }

  /** All streams have come to their ends. */
  #finish(): void {
    if (this.#over) return;
    const { plan, observation, progress } = this.#context;
    void this.tearDown().then(() => {
      // A program that stops what it has not begun misses nothing.
      if (this.#playing) this.#error ??= missedPictures(plan, (name) => observation.deliveredBy(name), progress.emitters);
      if (this.#error) this.events.error(this.#error);
      else this.events.complete();
    });
  }
}
