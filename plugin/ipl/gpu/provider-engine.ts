/**
 * The worker's engine: fuses with the chosen provider, and with the CPU from the moment that this fails. No picture is
 * lost: the graph only reads the payloads, so the CPU path fuses the very task that the provider failed at.
 */
import { messageOf } from '../../core/errors';
import { depthOf, type PlaneLayout } from '../../core/frames/video-layout';
import { type FusionEngine } from '../engine/fusion-engine';
import type { FusionReport, FusionTask, Turn } from '../engine/fusion-task';
import { noiseOf } from '../engine/noise-reduction';
import { Scene } from '../engine/scene';
import type { GraphEngine } from './graph-engine';
import type { Note } from './provider-gate';
import { CLOSE_MS, OPEN_MS, runLimit, UNWATCHED, type Watch } from './provider-watch';
import { tryProvider } from './trial';

export interface Fused {
  readonly payload: Uint8Array;
  readonly report: FusionReport;
}

export interface ProviderSettings {
  readonly watch?: Watch;
  /** What the provider does not do, while it goes on with the rest. */
  readonly onNote?: (note: Note) => void;
  readonly deepTrial?: typeof tryProvider;
}

export class ProviderEngine {
  readonly #cpu: FusionEngine;
  #graph: GraphEngine | undefined;
  readonly #onFailure: (note: Note) => void;
  readonly #watch: Watch;
  readonly #onNote: (note: Note) => void;
  readonly #deepTrial: typeof tryProvider;
  /** Whether frames of 10 bits are the provider's, too; undefined before the first. */
  #deep: boolean | undefined;
  /** Whether the thread had a device that worked: it may hold memory, or come back late. */
  readonly touchedDevice: boolean;

  /** @param onFailure called once, when the provider fails */
  constructor(cpu: FusionEngine, graph: GraphEngine | undefined, onFailure: (note: Note) => void, { watch = UNWATCHED, onNote = onFailure, deepTrial = tryProvider }: ProviderSettings = {}) {
    this.#cpu = cpu;
    this.#graph = graph;
    this.#onFailure = onFailure;
    this.#watch = watch;
    this.#onNote = onNote;
    this.#deepTrial = deepTrial;
    this.touchedDevice = graph !== undefined;
  }

  /** Lines up exposures, on the CPU: whoever fuses sees exposures that coincide. @param reading whether nobody but `fuse` reads the payloads then */
  lineUp(task: FusionTask, reading = false): Promise<FusionTask> {
    return this.#cpu.lineUp(task, reading && !this.#graph);
  }

  /** What a blend takes: the CPU's work whoever blends. */
  plan(task: FusionTask, scene: SharedArrayBuffer, turn: Turn): Promise<FusionReport> {
    return this.#cpu.plan(task, scene, turn);
  }

  /** @returns the fused picture: of the CPU path it is the reference's payload */
  async fuse(given: FusionTask, scene: SharedArrayBuffer, turn: Turn): Promise<Fused> {
    const task = await this.lineUp(given);
    const graph = this.#graph;
    if (graph && (await this.#takes(task.layout, graph))) {
      this.#cpu.mend(task);
      turn.wait();
      const fused = await this.#fuseWith(graph, task, scene);
      if (fused) {
        turn.pass();
        // On the CPU: most pictures do not need it, and the graph is the same for all.
        this.#cpu.reduceNoise(task, fused.payload, noiseOf(task));
        return fused;
      }
    }
    const report = await this.#cpu.fuse(task, scene, turn);
    const payload = task.payloads[task.reference];
    if (!payload) throw new RangeError('The reference is not among the exposures.');
    return { payload, report };
  }

  /** Frames of 10 bits have graphs of their own, which are tried when the first one comes; photographs of 16 bits are the CPU's. */
  async #takes({ format }: PlaneLayout, graph: GraphEngine): Promise<boolean> {
    if (depthOf(format) !== 10) return depthOf(format) === 8;
    this.#deep ??= await this.#watch(OPEN_MS, () => this.#deepTrial(graph, this.#cpu, undefined, 'limited', 'I420_10LE')).then(
      () => true,
      (error: unknown) => {
        this.#onNote({ level: 'warn', message: `Frames of 10 bits are fused on the CPU (${graph.provider}: ${reasonOf(error)}).` });
        return false;
      },
    );
    return this.#deep;
  }

  /** @returns undefined where the provider failed: then it is the CPU's turn, still */
  async #fuseWith(graph: GraphEngine, task: FusionTask, scene: SharedArrayBuffer): Promise<Fused | undefined> {
    const limit = runLimit(task.layout, !graph.isOpen(task));
    try {
      return await this.#watch(limit, () => graph.fuse(task, String(Scene.numberOf(scene))));
    } catch (error) {
      await this.#fail(graph, error);
      return undefined;
    }
  }

  async #fail(graph: GraphEngine, error: unknown): Promise<void> {
    this.#graph = undefined;
    this.#onFailure({ level: 'warn', message: `${graph.provider} failed, so fusion goes on with the CPU; no frame is lost. ${reasonOf(error)}` });
    // A device that is gone may also fail to let go.
    await this.#watch(CLOSE_MS, () => graph.close()).catch(() => undefined);
  }
}

const reasonOf = (error: unknown): string => messageOf(error).split('\n')[0]?.trim() ?? '';
