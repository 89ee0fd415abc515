/** The worker's engine for HDR: merges with the chosen provider, and on the CPU from the moment that this fails. No picture is lost. */
import { messageOf } from '../../core/errors';
import type { Turn } from '../engine/fusion-task';
import type { HdrEngine, Merged } from '../hdr/hdr-engine';
import type { MergeTask } from '../hdr/merge-task';
import type { MergeGraph } from './merge-graph';
import type { Note } from './provider-gate';
import { CLOSE_MS, runLimit, UNWATCHED, type Watch } from './provider-watch';

export class ProviderMerge {
  readonly #cpu: HdrEngine;
  #graph: MergeGraph | undefined;
  readonly #onFailure: (note: Note) => void;
  readonly #watch: Watch;
  /** Whether the thread had a device that worked: it may hold memory, or come back late. */
  readonly touchedDevice: boolean;

  /** @param onFailure called once, when the provider fails */
  constructor(cpu: HdrEngine, graph: MergeGraph | undefined, onFailure: (note: Note) => void, watch = UNWATCHED) {
    this.#cpu = cpu;
    this.#graph = graph;
    this.#onFailure = onFailure;
    this.#watch = watch;
    this.touchedDevice = graph !== undefined;
  }

  /** The ratios of the exposures are the CPU's work: some ten thousand samples. */
  async merge(task: MergeTask, memory: SharedArrayBuffer, turn: Turn): Promise<Merged> {
    const { times, report } = this.#cpu.prepare(task, memory, turn);
    const start = performance.now();
    const payload = (this.#graph?.takes(task) ? await this.#mergeWith(this.#graph, task, times) : undefined) ?? this.#cpu.blend(task, times);
    return { payload, report: { ...report, blendMs: performance.now() - start } };
  }

  /** @returns undefined where the provider failed: the payloads are as they were */
  async #mergeWith(graph: MergeGraph, task: MergeTask, times: readonly number[]): Promise<Uint8Array | undefined> {
    try {
      return await this.#watch(runLimit(task.layout, !graph.isOpen(task)), () => graph.merge(task, times));
    } catch (error) {
      this.#graph = undefined;
      const reason = messageOf(error).split('\n')[0]?.trim() ?? '';
      this.#onFailure({ level: 'warn', message: `${graph.provider} failed, so HDR is merged on the CPU; no frame is lost. ${reason}` });
      await this.#watch(CLOSE_MS, () => graph.close()).catch(() => undefined);
      return undefined;
    }
  }
}
