/** The GStreamer pipelines of a run: makes them, lets pictures out of them and into them, plays and ends them. */
import type { Observable, Subscription } from 'rxjs';
import { asGstIplError, GstIplError } from '../../core/errors';
import { Inlet } from '../../gstreamer/inlet';
import { Outlet } from '../../gstreamer/outlet';
import { GstPipeline, type PipelineEvent } from '../../gstreamer/pipeline';
import { startUnsynchronized } from '../../gstreamer/output/unsynchronized-start';
import { DEFAULT_QUEUE } from '../../core/queue/bounded-queue';
import type { ConditionSettings } from '../../core/metrics/conditions';
import type { Frame } from '../../core/frames/frame';
import { formatTime, type Nanoseconds } from '../../core/time';
import { processQueued } from '../../core/queue/process-queued';
import { queueMetrics, reportQueue } from '../../core/queue/queue-watch';
import { passedBy } from '../../gstreamer/counter';
import type { PlannedInlet, PlannedPipeline } from '../plan';
import { ofPart, stretchOf } from './part';
import type { RunContext } from './run-context';
import { RunFiles } from './run-files';
import { watchStalls } from './stall-watch';

export interface RunPipelinesHooks {
  /** A pipeline warns, fails, or came to its end. */
  event(planned: PlannedPipeline, event: PipelineEvent): void;
  /** A file could not get its name, or had no picture. */
  fileFailed(error: GstIplError): void;
}

export class RunPipelines {
  readonly #context: RunContext;
  readonly #hooks: RunPipelinesHooks;
  readonly #pipelines = new Map<PlannedPipeline, GstPipeline>();
  readonly #outlets: { readonly planned: PlannedPipeline; readonly outlet: Outlet }[] = [];
  readonly #inlets = new Map<PlannedPipeline, Inlet>();
  readonly #givenUp = new Set<GstPipeline>();
  #offset: Nanoseconds = 0n;
  readonly #subscriptions: Subscription[] = [];
  readonly files: RunFiles;

  constructor(context: RunContext, hooks: RunPipelinesHooks) {
    this.#context = context;
    this.#hooks = hooks;
    this.files = new RunFiles({
      pictures: (planned) => this.#inlets.get(planned)?.pictures,
      warn: (node, message) => context.warn(node, message),
      fail: (error, node) => hooks.fileFailed(asGstIplError(error, 'pipeline-failed', { node })),
    });
  }

  /** Pictures cross from GStreamer into Node somewhere. */
  get haveOutlets(): boolean {
    return this.#outlets.length > 0;
  }

  /** By how much later than that of the graph the running time of the sources' pipeline began. */
  get offset(): Nanoseconds {
    return this.#offset;
  }

  get all(): GstPipeline[] {
    return [...this.#pipelines.values()];
  }

  /** Seconds of media that the sources say they have. */
  get duration(): number | undefined {
    for (const [planned, pipeline] of this.#pipelines) {
      if (!planned.inlet && pipeline.duration !== undefined) return pipeline.duration;
    }
    return undefined;
  }

  create(): void {
    const { plan, observation, ends } = this.#context;
    for (const planned of plan.pipelines) {
      const pipeline = new GstPipeline(planned.launch, planned.owners);
      this.#pipelines.set(planned, pipeline);
      this.files.add(planned, pipeline);
      for (const name of planned.unsynchronizedStart) startUnsynchronized(pipeline.find(name));
      for (const { node, element } of planned.counters) observation.watchOutput(node, passedBy(pipeline, element));
      if (planned.sinks.length > 0) ends.open(planned.name);
      this.#letOut(planned, pipeline);
      this.#subscriptions.push(pipeline.events.subscribe((event) => this.#hooks.event(planned, event)));
    }
  }

  /** What stages give goes into the pipelines behind them. */
  connectInlets(): void {
    for (const [planned, pipeline] of this.#pipelines) {
      if (planned.inlet) this.#letIn(planned, planned.inlet, pipeline);
    }
  }

  /**
   * Those with inlets only get ready: they run from their first picture on. None waits for another.
   * @returns a promise that resolves when all have started, failed, or hang
   */
  async play(): Promise<void> {
    await Promise.all([...this.#pipelines].map(([planned, pipeline]) => this.#play(planned, pipeline)));
  }

  async #play(planned: PlannedPipeline, pipeline: GstPipeline): Promise<void> {
    const begin = planned.inlet ? 0n : await this.#goToPart(pipeline);
    const zero = planned.inlet ? (await pipeline.prepare()) && 0n : await pipeline.playOnClock();
    if (zero === undefined || zero === false) return;
    const offset = planned.inlet ? 0n : this.#align(zero) + begin;
    if (!planned.inlet) this.#offset = offset;
    for (const { planned: of, outlet } of this.#outlets) if (of === planned) outlet.start(offset);
  }

  /** @returns where running time begins */
  async #goToPart(pipeline: GstPipeline): Promise<Nanoseconds> {
    const { part } = this.#context.plan;
    const { start, stop } = part ? stretchOf(part) : { start: 0n, stop: undefined };
    if (start === 0n && stop === undefined) return 0n;
    if (await pipeline.goTo(start, stop, 'exact')) return start;
    if (!pipeline.stopped && !pipeline.failure) this.#context.fail(new GstIplError('pipeline-failed', `The files cannot be read from ${formatTime(start)} on.`, { hint: 'Their format cannot be gone about in; MP4 and Matroska can.' }));
    return start;
  }

  /** Running time begins with the sources. Where pictures of others flow already, time must not jump: then these began later. */
  #align(zero: Nanoseconds): Nanoseconds {
    const { clock, progress } = this.#context;
    if (progress.flowing) return clock.runningTimeOf(zero);
    clock.start(zero);
    return 0n;
  }

  endSources(): void {
    for (const [planned, pipeline] of this.#pipelines) {
      if (planned.inlet) continue;
      this.endOutletsOf(planned.name);
      if (planned.sinks.length > 0) pipeline.sendEos();
      else void pipeline.stop();
    }
  }

  /** @param name of a pipeline that gives nothing any more */
  endOutletsOf(name: string | undefined): void {
    for (const { planned, outlet } of this.#outlets) if (planned.name === name) outlet.end();
  }

  /** Sends those that are still open another end of stream. */
  remindOpen(): void {
    for (const [planned, pipeline] of this.#open()) {
      // To send one waits for the picture under way, for ever where that is stuck.
      if (!this.#inlets.get(planned)?.waiting) pipeline.sendEos();
    }
  }

  /** Nobody waits any longer for those that are still open. @returns their sinks */
  giveUpOpen(): string[] {
    return this.#open().flatMap(([planned, pipeline]) => {
      this.#givenUp.add(pipeline);
      return planned.sinks;
    });
  }

  /** Nothing flows out of them or into them any more. */
  disconnect(): void {
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
    for (const { outlet } of this.#outlets) outlet.end();
  }

  /** Resolves when GStreamer has let go of them, and what they wrote is looked after; what hangs in them is logged. */
  async stop(): Promise<void> {
    const stopping = this.all.map(async (pipeline) => {
      const end = pipeline.stop();
      const hangs = this.#givenUp.has(pipeline) ? undefined : await end;
      if (hangs !== undefined) this.#context.warn(undefined, hangs);
    });
    await Promise.all(stopping);
    this.files.cut();
    await this.files.settled();
  }

  #open(): [PlannedPipeline, GstPipeline][] {
    return [...this.#pipelines].filter(([{ name }]) => this.#context.ends.has(name));
  }

  #letOut(planned: PlannedPipeline, pipeline: GstPipeline): void {
    const { observation, progress, streams } = this.#context;
    for (const { node, element, shared } of planned.outlets) {
      const outlet = new Outlet(pipeline, element, node, shared);
      this.#outlets.push({ planned, outlet });
      streams.set(node, outlet.frames);
      this.#subscriptions.push(outlet.frames.subscribe({ next: (frame) => progress.entered(node, frame), error: () => undefined }));
      this.#subscriptions.push(observation.watchSource(node, outlet.frames));
    }
  }

  #letIn(planned: PlannedPipeline, { from, element }: PlannedInlet, pipeline: GstPipeline): void {
    const { plan, observation, streams, fail, warn } = this.#context;
    const inlet = new Inlet(pipeline, element, planned.sinks.length > 0);
    this.#inlets.set(planned, inlet);
    const node = planned.nodes[0] ?? planned.name;
    const conditions = observation.conditions.of(node);
    const context = {
      report: observation.reporterOf(node, queueMetrics),
      condition: (name: string, settings?: ConditionSettings) => conditions.of(name, settings),
      warn: (message: string) => warn(node, message),
    };
    const watch = reportQueue(context);
    const write = watchStalls((frame: Frame) => inlet.consume(frame), `"${planned.nodes.join('", "')}"`, context);
    const stream = streams.of(from) as Observable<Frame>;
    const subscription = (plan.part ? stream.pipe(ofPart(plan.part)) : stream).pipe(processQueued(write, DEFAULT_QUEUE, watch)).subscribe({
      error: (error) => fail(error),
      complete: () => inlet.end(),
    });
    this.#subscriptions.push(subscription);
  }
}
