/** Watches a graph at work: counts what its nodes give, and keeps what they publish of themselves. */
import { Subject, type Observable, type Subscription } from 'rxjs';
import type { StageContext } from '../../core/element';
import { AwakeClock, TURN_MS } from '../../core/clocks/awake-clock';
import { GstIplError } from '../../core/errors';
import type { Frame, Item } from '../../core/frames/frame';
import type { GraphEvent } from '../../core/graph-event';
import type { GraphPhase, GraphView, NodePhase, NodeView } from '../../core/graph-view';
import { LiveParameters } from '../../core/live-parameters';
import { Metrics } from '../../core/metrics/metrics';
import type { MetricTable } from '../../core/metrics/metric-table';
import { queueMetrics } from '../../core/queue/queue-watch';
import { RateMeter } from '../../core/metrics/rate-meter';
import { suggestion } from '../../core/nearest';
import type { Nanoseconds } from '../../core/time';
import { Deliveries } from './deliveries';
import { graphMetrics, PREFIX } from './graph-metrics';
import { NodeConditions } from './node-conditions';
import type { Plan } from '../plan';

/** A camera at a picture a second is not silent; one that gave none for this long is. */
const SILENT_MS = 3_000;

/** When pictures left GStreamer is remembered for so many: five branches at 60 a second, for two seconds. */
const ARRIVALS = 600;

interface Watched {
  readonly rate: RateMeter;
  /** When it gave the last, by the clock of who is awake; undefined before the first. */
  last: number | undefined;
  /** What holds whatever the pictures do. */
  held: { readonly phase: NodePhase; readonly reason: string | undefined } | undefined;
}

export class GraphObservation implements GraphView {
  readonly metrics = new Metrics();
  readonly parameters = new LiveParameters();
  #events = new Subject<GraphEvent>();
  #begun = false;
  readonly conditions = new NodeConditions();
  #phase: GraphPhase = 'starting';
  #reason: string | undefined;
  readonly #plan: Plan;
  readonly #watched = new Map<string, Watched>();
  /** When the picture of a running time left GStreamer, oldest first. */
  readonly #arrivals = new Map<Nanoseconds, number>();
  readonly #deliveries = new Deliveries();
  readonly #awake: AwakeClock;
  #turns: NodeJS.Timeout | undefined;

  constructor(plan: Plan, awake = new AwakeClock()) {
    this.#plan = plan;
    this.#awake = awake;
    // What a stage gives, and what one reads, passes through here; the rest stays inside of GStreamer.
    const stages = plan.nodes.filter(({ element }) => element.kind === 'stage');
    for (const { name, element } of plan.nodes) {
      const gives = element.kind === 'stage' && element.output !== 'none';
      if (gives || stages.some(({ from }) => from.includes(name))) this.#watch(name);
    }
    this.metrics.declare(graphMetrics, PREFIX);
    this.metrics.declare(queueMetrics, PREFIX);
    for (const { element } of plan.nodes) this.metrics.declare(element.metrics ?? {}, PREFIX);
    this.metrics.onRead(() => {
      const now = performance.now();
      for (const [node, pictures] of this.#deliveries.counts()) this.metrics.set('gst_ipl_output_frames_total', pictures, { node });
      for (const [node, { rate }] of this.#watched) this.metrics.set('gst_ipl_frames_per_second', rate.rate(now), { node });
    });
  }

  /** Of the present run, or of the last. */
  get events(): Observable<GraphEvent> {
    return this.#events;
  }

  get phase(): GraphPhase {
    return this.#phase;
  }

  get reason(): string | undefined {
    return this.#reason;
  }

  /** A run begins; counters go on from those of the run before. */
  begin(): void {
    // Who watches from before the first run goes on.
    if (this.#begun) {
      this.#events.complete();
      this.#events = new Subject();
    }
    this.#begun = true;
    this.#phase = 'starting';
    this.#reason = undefined;
    this.#deliveries.forget();
    this.#turns ??= setInterval(() => this.#deliveries.sample(this.#awake.now()), TURN_MS).unref();
    this.conditions.forget();
    this.#arrivals.clear();
    for (const watched of this.#watched.values()) {
      watched.last = undefined;
      watched.held = undefined;
    }
  }

  /** What publishes the metrics of one table, for a node. */
  reporterOf(node: string, table: MetricTable = {}): NonNullable<StageContext['report']> {
    return (name, value, labels) => {
      if (!Object.hasOwn(table, name)) throw undeclared(node, name, table);
      this.metrics.set(PREFIX + name, value, { node, ...labels });
    };
  }

  /** An output of the graph. @param count says how many pictures it has delivered; without it, those that it gave count */
  watchOutput(node: string, count?: () => number): void {
    const given = (): number => this.metrics.get('gst_ipl_frames_total', { node });
    this.#deliveries.watch(node, count ?? given, count === undefined);
  }

  delivered(): number {
    return Math.max(0, ...this.#deliveries.counts().map(([, pictures]) => pictures));
  }

  /** Pictures that an output has delivered. */
  deliveredBy(node: string): number {
    return this.#deliveries.of(node, this.#awake.now())?.pictures ?? 0;
  }

  /** Watches frames as they come out of GStreamer. */
  watchSource(node: string, frames: Observable<Frame>): Subscription {
    return frames.subscribe({
      next: (frame) => this.arrived(node, frame),
      error: (error: GstIplError) => this.ended(node, error),
      complete: () => this.ended(node),
    });
  }

  /** A frame came into the graph. */
  arrived(node: string, { runningTime }: Frame): void {
    const now = performance.now();
    this.#arrivals.delete(runningTime); // So that the newest is the last.
    this.#arrivals.set(runningTime, now);
    for (const time of this.#arrivals.keys()) {
      if (this.#arrivals.size <= ARRIVALS) break;
      this.#arrivals.delete(time);
    }
    this.#count(node, now);
  }

  /** A stage gave a picture, or a set of them. */
  emitted(node: string, item: Item): void {
    const now = performance.now();
    const arrivals = timesOf(item).map((time) => this.#arrivals.get(time) ?? now);
    this.metrics.set('gst_ipl_latency_seconds', (now - Math.min(...arrivals)) / 1000, { node });
    this.#count(node, now);
  }

  /** A node gives nothing any more. */
  ended(node: string, error?: GstIplError): void {
    const watched = this.#watch(node);
    if (watched.held?.phase !== 'failed') watched.held = { phase: error ? 'failed' : 'ended', reason: error?.message };
    if (error) this.metrics.add('gst_ipl_errors_total', 1, { node });
  }

  /** Receives the events of the graph. */
  onEvent(event: GraphEvent): void {
    if (event.type === 'started') {
      this.#phase = 'running';
      this.#deliveries.begin(this.#awake.now());
    }
    if (event.type === 'warning') this.metrics.add('gst_ipl_warnings_total', 1, event.node === undefined ? {} : { node: event.node });
    if (event.type === 'source-lost') {
      this.#watch(event.node).held = { phase: 'lost', reason: event.reason };
      this.metrics.add('gst_ipl_source_losses_total', Number(event.attempt === 1), { node: event.node });
    }
    if (event.type === 'source-restored') {
      this.#watch(event.node).held = undefined;
      this.metrics.add('gst_ipl_source_restarts_total', 1, { node: event.node });
      this.metrics.set('gst_ipl_source_downtime_seconds', Number(event.downtime) / 1e9, { node: event.node });
    }
    this.#events.next(event);
  }

  /** The graph is over. */
  finish(error?: GstIplError): void {
    this.#phase = error ? 'failed' : 'ended';
    this.#reason = error?.message;
    this.conditions.close();
    clearInterval(this.#turns);
    this.#turns = undefined;
    this.#events.complete();
  }

  nodes(): NodeView[] {
    const now = this.#awake.now();
    return this.#plan.nodes.map(({ name, element, from }) => {
      const { phase, reason, idle } = this.#phaseOf(name, now);
      return { name, element: element.name, from, phase, reason, idle, conditions: this.conditions.activeOf(name) };
    });
  }

  #count(node: string, now: number): void {
    const watched = this.#watch(node);
    watched.last = this.#awake.now();
    watched.rate.count(now);
    this.metrics.add('gst_ipl_frames_total', 1, { node });
  }

  #watch(node: string): Watched {
    let watched = this.#watched.get(node);
    if (!watched) this.#watched.set(node, (watched = { rate: new RateMeter(), last: undefined, held: undefined }));
    return watched;
  }

  #phaseOf(name: string, now: number): Pick<NodeView, 'phase' | 'reason' | 'idle'> {
    const shown = this.#visible(name, now);
    const watched = this.#watched.get(shown);
    // Where all is inside of GStreamer, only the ends are seen.
    const delivery = this.#deliveries.of(this.#watched.has(shown) ? name : shown, now);
    if (watched?.held) return { ...watched.held, idle: delivery?.idle };
    if (this.#phase === 'ended' || this.#phase === 'failed') return { phase: 'ended', reason: undefined };
    if (delivery) {
      const { pictures, idle } = delivery;
      if (idle < SILENT_MS) return { phase: pictures > 0 ? 'running' : 'waiting', reason: undefined, idle };
      return { phase: pictures > 0 ? 'silent' : 'waiting', reason: `It has delivered no frame for ${Math.floor(idle / 1000)} s.`, idle };
    }
    if (watched?.last === undefined) return { phase: 'waiting', reason: undefined };
    const age = now - watched.last;
    if (age < SILENT_MS) return { phase: 'running', reason: undefined };
    return { phase: 'silent', reason: `No frame for ${Math.floor(age / 1000)} s.`, idle: age };
  }

  /** The node itself, or, inside of GStreamer, the next that shows something of itself: first in front, then behind. */
  #visible(name: string, now: number): string {
    if (this.#watched.has(name)) return name;
    const { nodes } = this.#plan;
    const search = (next: (name: string) => readonly string[], shows = (at: string) => this.#watched.has(at)): string | undefined => {
      const seen = new Set([name]);
      for (const candidate of seen) {
        if (shows(candidate)) return candidate;
        for (const other of next(candidate)) seen.add(other);
      }
      return undefined;
    };
    const before = (at: string): readonly string[] => nodes.find((node) => node.name === at)?.from ?? [];
    const behind = (at: string): readonly string[] => nodes.filter(({ from }) => from.includes(at)).map((node) => node.name);
    return search(before) ?? search(behind) ?? search(behind, (at) => this.#deliveries.of(at, now) !== undefined) ?? name;
  }
}

function undeclared(node: string, name: string, table: MetricTable): GstIplError {
  return new GstIplError('bad-usage', `Node "${node}" reports "${name}", which its element does not declare.`, {
    place: { node },
    hint: `Elements declare what they publish as \`metrics\`. ${suggestion(name, Object.keys(table))}`,
  });
}

function timesOf(item: Item): Nanoseconds[] {
  return item.kind === 'frame' ? [item.runningTime] : item.frames.map(({ runningTime }) => runningTime);
}
