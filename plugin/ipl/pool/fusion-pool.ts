/**
 * Fuses frames on several threads: each frame on one of them, in turns (turns.ts). A thread that dies is started again, and so
 * is one that does not come back from its device; its frame is lost, the others go on.
 */
import { asGstIplError, GstIplError } from '../../core/errors';
import type { FusionTask } from '../engine/fusion-task';
import { FusionWorker, type Outcome } from './worker-handle';
import { compiledKernels } from '../kernels';
import { ProviderGate } from '../gpu/provider-gate';
import { HdrScene } from '../hdr/hdr-scene';
import type { ModelCard } from '../network/model-card';
import { readCard } from '../network/read-model';
import { Scene } from '../engine/scene';
import { planSlices } from '../network/slice-plan';
import { following, Turns } from './turns';

export interface PoolSettings {
  /** Path of the model card. */
  readonly model: string;
  readonly sliceBands: number;
  readonly threads: number;
  /** HDR pictures (hdr/hdr-engine.ts): all tasks say how, and no network is loaded. */
  readonly hdr?: boolean;
  /** Which provider fuses; without it the CPU. */
  readonly gate?: ProviderGate;
}

/** What a task lacks until a worker is free for it. */
export type Payloads = () => AsyncIterable<Uint8Array> | Promise<readonly Uint8Array[]>;

interface Job {
  readonly turn: number;
  readonly task: Omit<FusionTask, 'payloads'>;
  readonly payloads: Payloads;
  readonly scene: SharedArrayBuffer;
  readonly resolve: (outcome: Outcome) => void;
}

/** Cameras that fail in turns make several kinds of sets; what is older is forgotten. */
const MOST_SCENES = 8;

/** Attempts to start a thread again, one after the other. */
const MOST_STARTS = 3;

export class FusionPool {
  readonly #settings: PoolSettings;
  readonly #turns = new Turns();
  readonly #workers: FusionWorker[] = [];
  readonly #idle: FusionWorker[] = [];
  /** Tasks that wait for a worker, in the order of their turns. */
  readonly #waiting: Job[] = [];
  /** By kind of set; the latest last. */
  readonly #scenes = new Map<string, SharedArrayBuffer>();
  #card: ModelCard | undefined;
  #nextTurn = Turns.FIRST;
  /** Nothing can be fused any more. */
  #failure: GstIplError | undefined;

  constructor(settings: PoolSettings) {
    this.#settings = settings;
  }

  /**
   * Starts the threads, all at once. Resolves when the first is ready: the others get ready while GStreamer starts.
   * @throws GstIplError `bad-model` or `worker-failed`
   */
  async start(): Promise<void> {
    const { model, sliceBands, hdr, threads, gate = new ProviderGate('cpu') } = this.#settings;
    if (!hdr) this.#card = readCard(model);
    const data = { model, sliceBands, hdr, kernels: await compiledKernels(), turns: this.#turns.buffer, gate: gate.settings };
    for (let thread = 1; thread <= threads; thread += 1) {
      const worker: FusionWorker = new FusionWorker({ ...data, thread }, () => {
        gate.ended(thread);
        this.#revive(worker);
      });
      this.#workers.push(worker);
    }
    gate.watch((thread, reason) => this.#workers[thread - 1]?.abandon(reason));
    const starts = this.#workers.map((worker) => this.#begin(worker));
    await Promise.any(starts).catch(({ errors: [first] }: AggregateError) => {
      throw first;
    });
  }

  /** Starts a thread, and again where it dies as it starts. @throws GstIplError when nothing can be fused any more */
  async #begin(worker: FusionWorker): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await worker.start();
        this.#idle.push(worker);
        return this.#dispatch();
      } catch (error) {
        // Whatever it died of: nobody waits for it any more, and the next try is the CPU's.
        this.#settings.gate?.ended(worker.number);
        if (!mayRecover(error as GstIplError) || attempt === MOST_STARTS) this.#fail(error as GstIplError);
        if (this.#failure) throw this.#failure;
      }
    }
  }

  /**
   * Fuses one set. Sets have their turns in the order of the calls.
   * @param exposures how many payloads there are
   * @param payloads gives them once a worker is free; those that are not in shared memory are transferred
   * @param kind is the same for all sets of one scene; what it says beside the geometry is for the caller
   */
  fuse(task: Omit<FusionTask, 'payloads'>, exposures: number, payloads: Payloads, kind: string): Promise<Outcome> {
    const turn = this.#nextTurn;
    this.#nextTurn = following(turn);
    return new Promise((resolve) => {
      this.#waiting.push({ turn, task, payloads, scene: this.#sceneOf(task, exposures, kind), resolve });
      this.#dispatch();
    });
  }

  /** Forgets the scenes: the next set is treated as the first. What is in work is not touched. */
  reset(): void {
    this.#scenes.clear();
  }

  async close(): Promise<void> {
    this.#fail(new GstIplError('worker-failed', 'The fusion was closed.'));
    await Promise.all(this.#workers.map((worker) => worker.close()));
  }

  #sceneOf({ layout, range, reference, hdr }: Job['task'], exposures: number, kind: string): SharedArrayBuffer {
    const { format, width, height } = layout;
    // Exposure times are the cameras', whatever a set lacks.
    const key = hdr ? 'hdr' : [kind, format, width, height, range, exposures, reference].join(' ');
    const scene = this.#scenes.get(key) ?? (hdr ? HdrScene.allocate() : this.#allocate(width, height, exposures));
    this.#scenes.delete(key);
    this.#scenes.set(key, scene);
    for (const oldest of this.#scenes.keys()) {
      if (this.#scenes.size <= MOST_SCENES) break;
      this.#scenes.delete(oldest);
    }
    return scene;
  }

  #allocate(width: number, height: number, exposures: number): SharedArrayBuffer {
    const card = this.#card;
    if (!card) throw new TypeError('The pool was not started.');
    return Scene.allocate({ plan: planSlices(width, height, this.#settings.sliceBands, card.tokenColumns), exposures, card });
  }

  #dispatch(): void {
    while (this.#waiting.length > 0 && (this.#idle.length > 0 || this.#failure)) {
      const job = this.#waiting.shift();
      if (!job) return;
      const worker = this.#failure ? undefined : this.#idle.shift();
      if (worker) void this.#run(worker, job);
      else if (this.#failure) this.#finish(job, { error: this.#failure });
    }
  }

  async #run(worker: FusionWorker, job: Job): Promise<void> {
    const { turn, task, scene } = job;
    const { thread } = worker;
    try {
      for await (const payload of await job.payloads()) worker.sendPayload(turn, payload);
    } catch (error) {
      if (worker.thread === thread) this.#idle.push(worker);
      return this.#finish(job, { error: asGstIplError(error, 'worker-failed') });
    }
    // One that died meanwhile has taken with it what it was given.
    if (worker.thread !== thread) return this.#finish(job, { death: LOST });
    const outcome = await worker.fuse({ turn, task, scene });
    if (!('death' in outcome)) this.#idle.push(worker);
    this.#finish(job, outcome);
  }

  #finish({ turn, resolve }: Job, outcome: Outcome): void {
    // Whoever did not have the turn will not take it any more.
    if (!('picture' in outcome)) this.#turns.giveUp(turn);
    resolve(outcome);
    this.#dispatch();
  }

  #revive(worker: FusionWorker): void {
    const at = this.#idle.indexOf(worker);
    if (at >= 0) this.#idle.splice(at, 1);
    // What waits has heard of it by then.
    if (!this.#failure) this.#begin(worker).catch(() => undefined);
  }

  #fail(error: GstIplError): void {
    this.#failure ??= error;
    this.#dispatch();
  }
}

const LOST = new GstIplError('worker-failed', 'A fusion worker died before it began with a frame.');

/** A thread may die as it starts; a network that cannot be loaded never can. */
const mayRecover = ({ code }: GstIplError): boolean => code === 'worker-failed';
