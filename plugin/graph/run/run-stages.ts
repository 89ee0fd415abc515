/** The stages of a run: makes them, connects their streams, ends and closes them. */
import { Subject, tap, type Subscription } from 'rxjs';
import type { ConditionOf } from '../../core/metrics/conditions';
import type { Stage, StageContext, StageElement } from '../../core/element';
import type { Frame, Item } from '../../core/frames/frame';
import type { CheckedNode } from '../checked-graph';
import { withoutHurry } from '../unhurried';
import { unlessStuck } from '../../core/clocks/patience';
import { checkItem } from './check-item';
import type { RunContext } from './run-context';
import { connected, errorOfStage, naming } from './run-error';
import { markShared, readersOf } from './shared-items';

/** Of silence. What a stage still does then, it does while the process ends. */
const CLOSE_MS = 2_000;

export class RunStages {
  readonly #context: RunContext;
  readonly #stages = new Map<string, Stage>();
  readonly #subscriptions: Subscription[] = [];

  constructor(context: RunContext) {
    this.#context = context;
  }

  /** Resolves when all of them can take items. @throws GstIplError that names the node */
  async create(): Promise<void> {
    const { stages } = this.#context.plan;
    for (const node of stages) this.#create(node);
    await Promise.all(stages.map((node) => this.#prepare(node)));
  }

  /** Subscribed in the order of the stages: nothing flows before the outlets start. */
  connect(): void {
    for (const node of this.#context.plan.stages) this.#connect(node);
  }

  get haveSources(): boolean {
    return this.#sources().length > 0;
  }

  endSources(): void {
    for (const { name } of this.#sources()) this.#stages.get(name)?.end?.();
  }

  /** Nothing flows between them any more. */
  disconnect(): void {
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
  }

  /** Resolves when what they hold is let go of, or hangs: a camera hears a goodbye before the program exits. */
  async close(): Promise<void> {
    await Promise.all([...this.#stages.values()].map((stage) => patiently(stage.close?.())));
  }

  #sources(): CheckedNode[] {
    return this.#context.plan.stages.filter(({ from }) => from.length === 0);
  }

  #create(node: CheckedNode): void {
    const element = node.element as StageElement;
    const unhurried = this.#context.plan.unhurried.has(node.name) && element.output !== 'none';
    const options = unhurried ? withoutHurry(node.options) : node.options;
    const stage = naming(node, () => element.create(options, this.#contextOf(node, element)));
    this.#context.observation.parameters.add(node.name, stage.parameters);
    this.#stages.set(node.name, stage);
  }

  #contextOf({ name: node, from, branches, hears }: CheckedNode, { metrics }: StageElement): StageContext {
    const { observation, events, clock, warn } = this.#context;
    const conditions = observation.conditions.of(node);
    const condition: ConditionOf = (name, settings) => conditions.of(name, settings);
    return {
      node,
      inputs: { from, branches },
      warn: (message) => warn(node, message),
      notify: (message) => events.next({ type: 'notice', node, message }),
      condition,
      report: observation.reporterOf(node, metrics),
      emit: (event) => events.next(event),
      graph: observation,
      clock,
      tenBits: this.#context.plan.tenBits.has(node),
      unhurried: this.#context.plan.unhurried.has(node),
      givesSound: this.#context.sounds.of(node),
      hears: this.#context.sounds.heardBy(hears),
    };
  }

  async #prepare(node: CheckedNode): Promise<void> {
    try {
      await this.#stages.get(node.name)?.ready?.();
    } catch (error) {
      throw errorOfStage(error, node);
    }
  }

  #connect(node: CheckedNode): void {
    const { plan, observation, streams, ends, events } = this.#context;
    const { name } = node;
    const stage = this.#stages.get(name);
    const inputs = node.from.map((input) => streams.of(input));
    const output = naming(node, () => stage && connected(stage, inputs));
    if (!output) return;
    const isEnd = node.element.output === 'none';
    const readers = readersOf(plan, name);
    const hub = new Subject<Item>();
    streams.set(name, hub);
    if (isEnd) {
      ends.open(name);
      observation.watchOutput(name, stage?.delivered && (() => stage.delivered?.() ?? 0));
    }
    // What an end gives is a frame that it has done with: its memory may be free already.
    const checked = isEnd ? output : output.pipe(tap((item) => checkItem(item)));
    const subscription = checked.subscribe({
      next: (item) => {
        this.#count(node, item);
        hub.next(readers > 1 ? markShared(item) : item);
        // Afterwards, because whoever hears of it may stop the graph.
        if (item.kind !== 'frame' || readers === 0) return;
        const { runningTime, duration } = item;
        events.next({ type: 'frame', node: name, runningTime, duration });
      },
      error: (error: unknown) => {
        const failure = errorOfStage(error, node);
        observation.ended(name, failure);
        this.#context.fail(failure);
        hub.complete();
      },
      complete: () => {
        observation.ended(name);
        hub.complete();
        if (isEnd) ends.close(name);
      },
    });
    this.#subscriptions.push(subscription);
  }

  #count({ name, from }: CheckedNode, item: Item): void {
    const { observation, progress } = this.#context;
    if (from.length === 0) {
      observation.arrived(name, item as Frame);
      progress.entered(name, item as Frame);
    } else {
      observation.emitted(name, item);
      progress.emitted(name);
    }
  }
}

/** Resolves when it does, with whatever, or does nothing any more. */
function patiently(work: Promise<void> = Promise.resolve()): Promise<void> {
  return new Promise((resolve, reject) => {
    unlessStuck(CLOSE_MS, work, resolve).then(resolve, reject);
  });
}
