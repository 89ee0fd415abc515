/** Runs a planned graph: makes pipelines and stages, wires them, and brings them to their ends. */
import { Subject, type Observable, type Subscription } from 'rxjs';
import { asGstIplError, GstIplError } from '../errors';
import type { Stage, StageElement } from '../element';
import type { Frame, Item } from '../frame';
import { Inlet } from '../../gstreamer/inlet';
import { Outlet } from '../../gstreamer/outlet';
import { GstPipeline, type PipelineEvent } from '../../gstreamer/pipeline';
import { processQueued } from '../process-queued';
import { formatTime } from '../time';
import type { CheckedNode } from './check';
import { OpenEnds } from './open-ends';
import type { Plan, PlannedPipeline } from './plan';
import type { GraphEvent } from './run';

/** How long the pictures that a failed source still gave may keep us waiting, each, as they leave GStreamer. */
const DRAIN_TIMEOUT_MS = 2_000;

/** Sound may go on after the last picture, but hardly longer than this. */
const MISSING_SECONDS = 0.5;
const MISSING_PART = 0.02;

export class GraphRun {
  readonly events = new Subject<GraphEvent>();
  readonly #plan: Plan;
  readonly #pipelines = new Map<PlannedPipeline, GstPipeline>();
  readonly #stages = new Map<string, Stage>();
  readonly #streams = new Map<string, Observable<Item>>();
  readonly #outlets: { readonly planned: PlannedPipeline; readonly outlet: Outlet }[] = [];
  readonly #subscriptions: Subscription[] = [];
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

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  async start(): Promise<void> {
    try {
      for (const node of this.#plan.stages) this.#createStage(node);
      await Promise.all([...this.#stages.values()].map((stage) => stage.ready?.() ?? Promise.resolve()));
      if (this.#over) return;
      this.#createPipelines();
      for (const node of this.#plan.stages) this.#connectStage(node);
      for (const planned of this.#plan.pipelines) this.#connectInlet(planned);
      this.#playing = true;
      for (const [planned, pipeline] of this.#pipelines) {
        if (planned.inlet) pipeline.prepare();
        else pipeline.play();
      }
      for (const { outlet } of this.#outlets) outlet.start();
      if (this.#outlets.length === 0) this.#begin(); // All of it is GStreamer's work; no picture will show that it runs.
    } catch (error) {
      this.#fail(asGstIplError(error, 'pipeline-failed'));
    }
  }

  /** Ends the streams at their sources; what is under way still reaches the sinks. */
  stop(): void {
    this.#stopping = true;
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
  }

  tearDown(): void {
    if (this.#over) return;
    this.#over = true;
    this.#ends.dispose();
    clearTimeout(this.#drainTimer);
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
    for (const { outlet } of this.#outlets) outlet.end();
    for (const pipeline of this.#pipelines.values()) pipeline.stop();
    for (const stage of this.#stages.values()) void stage.close?.();
  }

  #createStage(node: CheckedNode): void {
    const element = node.element as StageElement;
    const inputs = { from: node.from, branches: node.branches };
    const warn = (message: string): void => this.#warn(node.name, message);
    this.#stages.set(node.name, element.create(node.options, { node: node.name, inputs, warn }));
  }

  #createPipelines(): void {
    for (const planned of this.#plan.pipelines) {
      const pipeline = new GstPipeline(planned.launch, planned.owners);
      this.#pipelines.set(planned, pipeline);
      for (const name of planned.unsynchronizedStart) pipeline.find(name).async = false;
      if (planned.sinks.length > 0) this.#ends.open(planned.name);
      for (const { node, element, shared } of planned.outlets) {
        const outlet = new Outlet(pipeline, element, node, shared);
        this.#outlets.push({ planned, outlet });
        this.#streams.set(node, outlet.frames);
        this.#subscriptions.push(outlet.frames.subscribe({ next: (frame) => this.#flow(frame), error: () => undefined }));
      }
      this.#subscriptions.push(pipeline.events.subscribe((event) => this.#handle(planned, event)));
    }
  }

  /** A picture came out of GStreamer. */
  #flow({ runningTime, duration = 0n }: Frame): void {
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
      this.#ends.close(planned.name);
    }
    if (event.type !== 'error') return;
    if (planned.inlet || planned.outlets.length === 0) return this.#fail(event.error, planned.name);
    // A source failed. What it gave is still fused: its appsinks end by themselves after the last picture.
    this.#error ??= event.error;
    this.#drainTimer ??= setTimeout(() => this.stop(), this.#flowing ? DRAIN_TIMEOUT_MS : 0);
    this.#ends.close(planned.name);
  }

  /** A demuxer that reaches the end of a truncated file ends its stream as if all were well. */
  #warnOfEarlyEnd(planned: PlannedPipeline): void {
    const announced = this.#pipelines.get(planned)?.duration;
    if (announced === undefined || planned.inlet || planned.outlets.length === 0 || this.#stopping || this.#error) return;
    const missing = announced - Number(this.#end) / 1e9;
    if (missing < Math.max(MISSING_SECONDS, announced * MISSING_PART)) return;
    this.#warn(undefined, `The sources end at ${formatTime(this.#end)} of ${announced.toFixed(3)} s; a file seems to be truncated.`);
  }

  #connectStage(node: CheckedNode): void {
    const stage = this.#stages.get(node.name);
    const inputs = node.from.map((name) => this.#streamOf(name));
    const output = stage?.connect(inputs);
    if (!output) return;
    const readers = this.#readersOf(node.name);
    const shared = readers > 1;
    const hub = new Subject<Item>();
    this.#streams.set(node.name, hub);
    if (node.element.output === 'none') this.#ends.open(node.name);
    // Subscribed in the order of the stages: nothing flows before the outlets start.
    const subscription = output.subscribe({
      next: (item) => {
        hub.next(shared ? markShared(item) : item);
        // Afterwards, because whoever hears of it may stop the graph.
        if (item.kind !== 'frame' || readers === 0) return;
        const { runningTime, duration } = item;
        this.events.next({ type: 'frame', node: node.name, runningTime, duration });
      },
      error: (error: unknown) => {
        this.#fail(asGstIplError(error, 'pipeline-failed', { node: node.name }));
        hub.complete();
      },
      complete: () => {
        hub.complete();
        if (node.element.output === 'none') this.#ends.close(node.name);
      },
    });
    this.#subscriptions.push(subscription);
  }

  #connectInlet(planned: PlannedPipeline): void {
    const pipeline = this.#pipelines.get(planned);
    if (!planned.inlet || !pipeline) return;
    const inlet = new Inlet(pipeline, planned.inlet.element);
    const stream = this.#streamOf(planned.inlet.from) as Observable<Frame>;
    const subscription = stream.pipe(processQueued((frame) => inlet.write(frame))).subscribe({
      error: (error) => this.#fail(asGstIplError(error, 'pipeline-failed')),
      complete: () => inlet.end(),
    });
    this.#subscriptions.push(subscription);
  }

  #streamOf(node: string): Observable<Item> {
    const stream = this.#streams.get(node);
    if (!stream) throw new TypeError(`Node ${node} has no stream.`);
    return stream;
  }

  /** How many receive the very items of a stage: stages, and the pipeline that its fragments share. */
  #readersOf(name: string): number {
    const stages = this.#plan.stages.filter(({ from }) => from.includes(name)).length;
    return stages + this.#plan.pipelines.filter(({ inlet }) => inlet?.from === name).length;
  }

  #duration(): number | undefined {
    for (const [planned, pipeline] of this.#pipelines) {
      if (!planned.inlet && pipeline.duration !== undefined) return pipeline.duration;
    }
    return undefined;
  }

  #warn(node: string | undefined, message: string): void {
    this.events.next({ type: 'warning', node, message });
  }

  /** Something broke: sources end, and sinks that still can finish their files. */
  #fail(error: GstIplError, broken?: string): void {
    this.#error ??= error;
    // Where nothing was begun, there is nothing to finish.
    if (!this.#playing) return this.#ends.closeAll();
    for (const { planned, outlet } of this.#outlets) if (planned.name === broken) outlet.end();
    this.#endSources();
    this.#finishSoon();
    this.#ends.close(broken ?? '');
  }

  #finishSoon(): void {
    const remind = (): void => {
      for (const [planned, pipeline] of this.#pipelines) if (this.#ends.has(planned.name)) pipeline.sendEos();
    };
    this.#ends.finishSoon(remind, () => {
      const { pipelines, stages } = this.#plan;
      const sinks = pipelines.filter(({ name }) => this.#ends.has(name)).flatMap((pipeline) => pipeline.sinks);
      const nodes = [...sinks, ...stages.map(({ name }) => name).filter((name) => this.#ends.has(name))];
      this.#error ??= new GstIplError('pipeline-failed', `Node "${nodes.join('", "')}" did not come to its end.`, {
        hint: 'A file that it writes may be incomplete.',
      });
    });
  }

  /** All streams have come to their ends. */
  #settle(): void {
    if (this.#over) return;
    this.tearDown();
    if (this.#error) this.events.error(this.#error);
    else this.events.complete();
  }
}

function markShared(item: Item): Item {
  if (item.kind === 'frame') return { ...item, shared: true };
  return { ...item, frames: item.frames.map((frame) => ({ ...frame, shared: true })) };
}
