/** Runs a planned graph: makes pipelines and stages, wires them, and brings them to their ends. */
import { Subject, type Observable, type Subscription } from 'rxjs';
import { asGstIplError, GstIplError } from '../errors';
import type { Stage, StageElement } from '../element';
import type { Frame, Item } from '../frame';
import { fifoReaders } from '../../gstreamer/fifo-readers';
import { Inlet } from '../../gstreamer/inlet';
import { Outlet } from '../../gstreamer/outlet';
import { GstPipeline, type PipelineEvent } from '../../gstreamer/pipeline';
import { startUnsynchronized } from '../../gstreamer/unsynchronized-start';
import { DEFAULT_QUEUE } from '../bounded-queue';
import type { ConditionOf, ConditionSettings } from '../conditions';
import { GraphClock } from '../graph-clock';
import { processQueued } from '../process-queued';
import { queueMetrics, reportQueue } from '../queue-watch';
import type { CheckedNode } from './check';
import { earlyEnd } from './early-end';
import { missedPictures } from './missed-pictures';
import type { GraphObservation } from './observation';
import { OpenEnds } from './open-ends';
import { connected, errorOfStage, naming, withPlace } from './run-error';
import { RunFiles } from './run-files';
import { markShared, readersOf } from './shared-items';
import { passedBy } from './passed-by';
import { watchStalls } from './stall-watch';
import type { Plan, PlannedPipeline } from './plan';
import type { GraphEvent, SourceEvent } from './run';

/** How long the pictures that a failed source still gave may keep us waiting, each, as they leave GStreamer. */
const DRAIN_TIMEOUT_MS = 2_000;

export class GraphRun {
  readonly events = new Subject<GraphEvent>();
  readonly #plan: Plan;
  readonly #observation: GraphObservation;
  readonly #clock = new GraphClock();
  readonly #pipelines = new Map<PlannedPipeline, GstPipeline>();
  readonly #stages = new Map<string, Stage>();
  readonly #streams = new Map<string, Observable<Item>>();
  readonly #outlets: { readonly planned: PlannedPipeline; readonly outlet: Outlet }[] = [];
  readonly #inlets = new Map<PlannedPipeline, Inlet>();
  readonly #files = new RunFiles({
    pictures: (planned) => this.#inlets.get(planned)?.pictures,
    warn: (node, message) => this.#warn(node, message),
    fail: (error, node) => (this.#error ??= withPlace(asGstIplError(error, 'pipeline-failed', { node }), this.#plan.nodes)),
  });
  /** Nodes that gave something. */
  readonly #givers = new Set<string>();
  readonly #subscriptions: Subscription[] = [];
  /** What nodes warn of, up to the last word about their files. */
  readonly #news: Subscription;
  /** By name of the pipeline, or of the stage. */
  readonly #ends = new OpenEnds(() => this.#settle());
  #error: GstIplError | undefined;
  #drainTimer: NodeJS.Timeout | undefined;
  #playing = false;
  /** A first picture has come out of GStreamer. */
  #flowing = false;
  /** Running time at which the last picture ends. */
  #end = 0n;
  #stopping = false;
  #over = false;

  constructor(plan: Plan, observation: GraphObservation) {
    this.#plan = plan;
    this.#observation = observation;
    this.#news = observation.conditions.news.subscribe((event) => this.events.next(event));
  }

  async start(): Promise<void> {
    try {
      for (const node of this.#plan.stages) this.#createStage(node);
      await Promise.all(this.#plan.stages.map((node) => this.#prepareStage(node)));
      if (this.#over) return;
      this.#createPipelines();
      const letGo = await fifoReaders([...this.#pipelines.values()], () => !this.#over, (message) => this.#warn(undefined, message));
      if (this.#over) return letGo();
      this.#clock.start();
      for (const node of this.#plan.stages) this.#connectStage(node);
      for (const planned of this.#plan.pipelines) this.#connectInlet(planned);
      this.#playing = true;
      try {
        this.#startPipelines();
      } finally {
        letGo();
      }
      for (const { outlet } of this.#outlets) outlet.start();
      const visible = this.#outlets.length > 0 || this.#sourceStages().length > 0;
      if (!visible) this.#begin(); // All of it is GStreamer's work; no picture will show that it runs.
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Ends the streams at their sources; what is under way still reaches the sinks. */
  stop(): void {
    this.#stopping = true;
    if (this.#over) return;
    // Where nothing was begun, there is nothing to finish.
    if (!this.#playing) return this.#ends.closeAll();
    this.#endSources();
    this.#finishSoon();
  }

  #endSources(): void {
    for (const [planned, pipeline] of this.#pipelines) {
      if (planned.inlet) continue;
      for (const { outlet } of this.#outlets.filter((entry) => entry.planned === planned)) outlet.end();
      if (planned.sinks.length > 0) pipeline.sendEos();
      else pipeline.stop();
    }
    for (const { name } of this.#sourceStages()) this.#stages.get(name)?.end?.();
  }

  #sourceStages(): CheckedNode[] {
    return this.#plan.stages.filter(({ from }) => from.length === 0);
  }

  tearDown(): void {
    if (this.#over) return;
    this.#over = true;
    this.#ends.dispose();
    clearTimeout(this.#drainTimer);
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
    for (const { outlet } of this.#outlets) outlet.end();
    for (const pipeline of this.#pipelines.values()) pipeline.stop();
    this.#files.cut();
    for (const stage of this.#stages.values()) void stage.close?.();
    void this.#files.settled().then(() => this.#news.unsubscribe());
  }

  #createStage(node: CheckedNode): void {
    const element = node.element as StageElement;
    const inputs = { from: node.from, branches: node.branches };
    const warn = (message: string): void => this.#warn(node.name, message);
    const report = this.#observation.reporterOf(node.name, element.metrics);
    const conditions = this.#observation.conditions.of(node.name);
    const condition: ConditionOf = (name, settings) => conditions.of(name, settings);
    const notify = (message: string): void => this.events.next({ type: 'notice', node: node.name, message });
    const tell = (event: SourceEvent): void => this.events.next(event);
    const surroundings = { inputs, warn, notify, condition, report, tell, graph: this.#observation, clock: this.#clock };
    const stage = naming(node, () => element.create(node.options, { node: node.name, ...surroundings }));
    this.#observation.parameters.add(node.name, stage.parameters);
    this.#stages.set(node.name, stage);
  }

  async #prepareStage(node: CheckedNode): Promise<void> {
    try {
      await this.#stages.get(node.name)?.ready?.();
    } catch (error) {
      throw errorOfStage(error, node);
    }
  }

  #createPipelines(): void {
    for (const planned of this.#plan.pipelines) {
      const pipeline = new GstPipeline(planned.launch, planned.owners);
      this.#pipelines.set(planned, pipeline);
      this.#files.add(planned, pipeline);
      for (const name of planned.unsynchronizedStart) startUnsynchronized(pipeline.find(name));
      for (const { node, element } of planned.counters) this.#observation.watchOutput(node, passedBy(pipeline, element));
      if (planned.sinks.length > 0) this.#ends.open(planned.name);
      for (const { node, element, shared } of planned.outlets) {
        const outlet = new Outlet(pipeline, element, node, shared);
        this.#outlets.push({ planned, outlet });
        this.#streams.set(node, outlet.frames);
        this.#subscriptions.push(outlet.frames.subscribe({ next: (frame) => this.#flow(node, frame), error: () => undefined }));
        this.#subscriptions.push(this.#observation.watchSource(node, outlet.frames));
      }
      this.#subscriptions.push(pipeline.events.subscribe((event) => this.#handle(planned, event)));
    }
  }

  #startPipelines(): void {
    for (const [planned, pipeline] of this.#pipelines) {
      if (planned.inlet) pipeline.prepare();
      else this.#clock.start(pipeline.playOnClock());
    }
  }

  /** A stage that is a source gave a picture. */
  #take(node: string, frame: Frame): void {
    this.#observation.arrived(node, frame);
    this.#flow(node, frame);
  }

  /** A picture came out of GStreamer. */
  #flow(node: string, { runningTime, duration = 0n }: Frame): void {
    this.#givers.add(node);
    if (runningTime + duration > this.#end) this.#end = runningTime + duration;
    this.#drainTimer?.refresh();
    if (!this.#flowing) this.#begin();
  }

  #begin(): void {
    this.#flowing = true;
    this.events.next({ type: 'started', duration: this.#duration() });
  }

  #handle(planned: PlannedPipeline, event: PipelineEvent): void {
    if (event.type === 'warning') this.#warn(undefined, event.message);
    if (event.type === 'eos') {
      this.#warnOfEarlyEnd(planned);
      this.#files.finish(planned, this.#error !== undefined);
      this.#ends.close(planned.name);
    }
    if (event.type !== 'error') return;
    if (planned.inlet || planned.outlets.length === 0) return this.#fail(event.error, planned.name);
    // A source failed. What it gave is still fused: its appsinks end by themselves after the last picture.
    this.#error ??= withPlace(event.error, this.#plan.nodes);
    this.#drainTimer ??= setTimeout(() => this.stop(), this.#flowing ? DRAIN_TIMEOUT_MS : 0);
    this.#ends.close(planned.name);
  }

  #warnOfEarlyEnd(planned: PlannedPipeline): void {
    if (planned.inlet || planned.outlets.length === 0 || this.#stopping || this.#error) return;
    const warning = earlyEnd(this.#end, this.#pipelines.get(planned)?.duration);
    if (warning) this.#warn(undefined, warning);
  }

  #connectStage(node: CheckedNode): void {
    const stage = this.#stages.get(node.name);
    const inputs = node.from.map((name) => this.#streamOf(name));
    const output = naming(node, () => stage && connected(stage, inputs));
    if (!output) return;
    const readers = readersOf(this.#plan, node.name);
    const shared = readers > 1;
    const hub = new Subject<Item>();
    this.#streams.set(node.name, hub);
    if (node.element.output === 'none') {
      this.#ends.open(node.name);
      this.#observation.watchOutput(node.name, stage?.delivered && (() => stage.delivered?.() ?? 0));
    }
    // Subscribed in the order of the stages: nothing flows before the outlets start.
    const subscription = output.subscribe({
      next: (item) => {
        if (node.from.length === 0) this.#take(node.name, item as Frame);
        else this.#observation.gave(node.name, item);
        this.#givers.add(node.name);
        hub.next(shared ? markShared(item) : item);
        // Afterwards, because whoever hears of it may stop the graph.
        if (item.kind !== 'frame' || readers === 0) return;
        const { runningTime, duration } = item;
        this.events.next({ type: 'frame', node: node.name, runningTime, duration });
      },
      error: (error: unknown) => {
        const failure = errorOfStage(error, node);
        this.#observation.ended(node.name, failure);
        this.#fail(failure);
        hub.complete();
      },
      complete: () => {
        this.#observation.ended(node.name);
        hub.complete();
        if (node.element.output === 'none') this.#ends.close(node.name);
      },
    });
    this.#subscriptions.push(subscription);
  }

  #connectInlet(planned: PlannedPipeline): void {
    const pipeline = this.#pipelines.get(planned);
    if (!planned.inlet || !pipeline) return;
    const inlet = new Inlet(pipeline, planned.inlet.element, planned.sinks.length > 0);
    this.#inlets.set(planned, inlet);
    const stream = this.#streamOf(planned.inlet.from) as Observable<Frame>;
    const node = planned.nodes[0] ?? planned.name;
    const conditions = this.#observation.conditions.of(node);
    const context = {
      report: this.#observation.reporterOf(node, queueMetrics),
      condition: (name: string, settings?: ConditionSettings) => conditions.of(name, settings),
      warn: (message: string) => this.#warn(node, message),
    };
    const watch = reportQueue(context);
    const nodes = `"${planned.nodes.join('", "')}"`;
    const write = watchStalls((frame: Frame) => inlet.consume(frame), nodes, context);
    const subscription = stream.pipe(processQueued(write, DEFAULT_QUEUE, watch)).subscribe({
      error: (error) => this.#fail(error),
      complete: () => inlet.end(),
    });
    this.#subscriptions.push(subscription);
  }

  #streamOf(node: string): Observable<Item> {
    const stream = this.#streams.get(node);
    if (!stream) throw new TypeError(`Node ${node} has no stream.`);
    return stream;
  }

  #duration(): number | undefined {
    for (const [planned, pipeline] of this.#pipelines) {
      if (!planned.inlet && pipeline.duration !== undefined) return pipeline.duration;
    }
    return undefined;
  }

  #warn(node: string | undefined, message: string): void {
    this.#observation.conditions.of(node).warn(message);
  }

  /** Something broke: sources end, and sinks that still can finish their files. */
  #fail(error: unknown, broken?: string): void {
    this.#error ??= withPlace(error, this.#plan.nodes);
    // Where nothing was begun, there is nothing to finish.
    if (!this.#playing) return this.#ends.closeAll();
    for (const { planned, outlet } of this.#outlets) if (planned.name === broken) outlet.end();
    this.#endSources();
    this.#finishSoon();
    this.#ends.close(broken ?? '');
  }

  #finishSoon(): void {
    const remind = (): void => {
      for (const [planned, pipeline] of this.#pipelines) {
        // To send an end of stream waits for the picture under way, for ever where that is stuck.
        if (this.#ends.has(planned.name) && !this.#inlets.get(planned)?.waiting) pipeline.sendEos();
      }
    };
    this.#ends.finishSoon(remind, () => {
      // To stop a pipeline that is stuck would wait for it, and everything else with it.
      for (const [planned, pipeline] of this.#pipelines) if (this.#ends.has(planned.name)) pipeline.abandon();
      const { pipelines, stages } = this.#plan;
      const sinks = pipelines.filter(({ name }) => this.#ends.has(name)).flatMap((pipeline) => pipeline.sinks);
      const nodes = [...sinks, ...stages.map(({ name }) => name).filter((name) => this.#ends.has(name))];
      this.#error ??= new GstIplError('pipeline-failed', `Node "${nodes.join('", "')}" did not come to its end.`, {
        hint: 'It takes nothing any more. A file that it writes may be incomplete.',
      });
    });
  }

  /** All streams have come to their ends. */
  #settle(): void {
    if (this.#over) return;
    this.tearDown();
    void this.#files.settled().then(() => {
      this.#error ??= missedPictures(this.#plan, (name) => this.#observation.deliveredBy(name), this.#givers);
      if (this.#error) this.events.error(this.#error);
      else this.events.complete();
    });
  }
}
