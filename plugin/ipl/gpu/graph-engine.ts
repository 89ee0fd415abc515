/**
 * Fuses sets of exposures with one ONNX graph, 8-bit planes in and out, on any provider. Lives in the worker.
 *
 * Pictures of 10 bits take two: that graph measures them and asks the network, in the 8 bits nearest to theirs (deep-feeds.ts), and another blends.
 *
 * The first strip of a picture brings sparse samples of the whole of it: statistics, scene cut, network. Pictures up to
 * 4K are one strip. The whole map is one slice here: it is small, and what slices save on a CPU a GPU does at once; so a
 * frame needs nothing of the one before. Payloads are only read, so whatever goes wrong, another engine can fuse the same task.
 */
import { Tensor } from 'onnxruntime-node';
import { bytesOf, type PlaneLayout } from '../../core/frames/video-layout';
import type { FusionReport, FusionTask } from '../engine/fusion-task';
import { heldCovers } from '../engine/held-border';
import { NATURAL } from '../engine/look';
import { CUT } from '../kernels/rule.generated';
import type { GraphFiles, GraphKind } from './graph-card';
import { coverFeed } from './cover-feed';
import { fadeFeed, fadesOf } from './fade-feed';
import { deepFeeds, surveyFeeds } from './deep-feeds';
import { lookFeeds } from './look-feeds';
import { fresh, fuseStrip, kept, planeFeeds, SURVEYED, type Surveyed } from './graph-feeds';
import { planGraph, type GraphPlan } from './graph-plan';
import { openSession, type GraphSession, type OpenSession } from './session';
import { weightsOf } from './weights';

/** 3840x2160 is one strip; each buffer is then 33 MB, a quarter of what every WebGPU adapter can bind. */
const STRIP_PIXELS = 2 ** 23;

/** Kinds of sets whose state is kept: cameras that fail in turns make several. */
const MOST_SCENES = 8;

interface SceneState {
  readonly plan: GraphPlan;
  /** Of the blocks of the picture before: what a scene cut is detected by. */
  means: Tensor;
  /** Whether there was one. */
  known: boolean;
}

export class GraphEngine {
  readonly provider: string;
  readonly #files: GraphFiles;
  readonly #open: OpenSession;
  readonly #stripPixels: number;
  readonly #sessions = new Map<string, GraphSession>();
  /** The latest last. */
  readonly #scenes = new Map<string, SceneState>();
  /** What the next picture is written to. */
  #spare: Uint8Array | undefined;

  constructor(files: GraphFiles, provider: string, { open = openSession, stripPixels = STRIP_PIXELS } = {}) {
    this.#files = files;
    this.provider = provider;
    this.#open = open;
    this.#stripPixels = stripPixels;
  }

  /**
   * @param scene is the same for all sets of one scene; another one begins without a past
   * @returns the fused picture; the reference's payload is kept for the next
   */
  async fuse(task: FusionTask, scene: string): Promise<{ payload: Uint8Array; report: FusionReport }> {
    const start = performance.now();
    const { layout, payloads } = task;
    const session = await this.#sessionFor('whole', payloads.length);
    const blend = isDeep(layout) ? await this.#sessionFor('blend', payloads.length) : undefined;
    const state = this.#stateOf(task, scene);
    const { plan } = state;
    const payload = this.#spare?.length === layout.size ? this.#spare : new Uint8Array(layout.size);
    this.#spare = undefined;
    const first = await this.#fuseStrips(task, state, payload, session, blend);
    const sceneCut = state.known && (first.scene_cut.data as Float32Array)[0] === 1;
    state.means = first.means;
    state.known = true;
    const weights = task.weights ? weightsOf(task, plan, first.coefficients, first.means) : undefined;
    const networkMs = performance.now() - start;
    const reference = task.payloads[task.reference];
    if (reference?.buffer instanceof ArrayBuffer) this.#spare = reference;
    return { payload, report: { sceneCut, slices: 1, reused: 0, statisticsMs: 0, waitMs: 0, networkMs, blendMs: 0, weights } };
  }

  /** @returns what the picture is fused by */
  async #fuseStrips(task: FusionTask, { plan, means }: SceneState, payload: Uint8Array, session: GraphSession, blend: GraphSession | undefined): Promise<Surveyed> {
    const { layout, payloads } = task;
    const common = { ...plan.feeds, ...lookFeeds(task.look ?? NATURAL, plan.order) };
    const fades = fadesOf(task, plan);
    const covers = heldCovers(task, plan.map.block);
    let first: Surveyed | undefined;
    if (blend) first = (await session.run({ ...common, ...surveyFeeds(task, plan, means) }, SURVEYED)) as unknown as Surveyed;
    for (const strip of plan.strips) {
      const offsets = fades ? fadeFeed(common.offsets, fades, strip.feeds.strip_rows, plan.map.mapWidth) : common.offsets;
      const feeds = { ...common, ...strip.feeds, ...planeFeeds(payloads, plan.planes, plan.order, strip), covers: coverFeed(covers, layout, plan.order, strip), offsets };
      if (blend && first) await fuseStrip(blend, { ...feeds, ...deepFeeds(layout.format), coefficients: first.coefficients, means: first.means }, plan, strip, payload);
      else {
        const results = await fuseStrip(session, { ...feeds, ...(first ? kept(plan, first) : fresh(task, plan, means)) }, plan, strip, payload, SURVEYED);
        first ??= results;
      }
    }
    if (!first) throw new RangeError('A picture has rows.');
    return first;
  }

  /** Whether pictures of so many exposures were fused already: the first take long. */
  isOpen({ payloads: { length }, layout }: Pick<FusionTask, 'payloads' | 'layout'>): boolean {
    return this.#sessions.has(`whole ${length}`) && (!isDeep(layout) || this.#sessions.has(`blend ${length}`));
  }

  async close(): Promise<void> {
    this.#scenes.clear();
    const sessions = [...this.#sessions.values()];
    this.#sessions.clear();
    for (const session of sessions) await session.release();
  }

  async #sessionFor(kind: GraphKind, exposures: number): Promise<GraphSession> {
    const key = `${kind} ${exposures}`;
    const session = this.#sessions.get(key) ?? (await this.#open(this.provider, this.#files.read(exposures, kind)));
    this.#sessions.set(key, session);
    return session;
  }

  #stateOf({ payloads, layout, range, reference }: FusionTask, scene: string): SceneState {
    const { format, width, height } = layout;
    const exposures = payloads.length;
    const key = [scene, format, width, height, range, exposures, reference].join(' ');
    const state = this.#scenes.get(key) ?? this.#begin(planGraph({ layout, range, exposures, reference }, this.#files.card, CUT, this.#stripPixels));
    this.#scenes.delete(key);
    this.#scenes.set(key, state);
    for (const oldest of this.#scenes.keys()) {
      if (this.#scenes.size <= MOST_SCENES) break;
      this.#scenes.delete(oldest);
    }
    return state;
  }

  #begin(plan: GraphPlan): SceneState {
    const { mapHeight, mapWidth } = plan.map;
    const dims = [plan.order.length, mapHeight, mapWidth];
    return { plan, means: new Tensor('float32', new Float32Array(plan.order.length * mapHeight * mapWidth), dims), known: false };
  }
}

const isDeep = ({ format }: PlaneLayout): boolean => bytesOf(format) > 1;
