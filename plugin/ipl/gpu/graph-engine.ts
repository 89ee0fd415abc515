/**
 * Fuses sets of exposures with one ONNX graph, 8-bit planes in and out, on any provider. Lives in the worker.
 *
 * The first strip of a picture brings sparse samples of the whole of it: statistics, scene cut, network. Pictures up to
 * 4K are one strip. The whole map is one slice here: it is small, and what slices save on a CPU a GPU does at once; so a
 * frame needs nothing of the one before. Payloads are only read, so whatever goes wrong, another engine can fuse the same task.
 */
import { Tensor } from 'onnxruntime-node';
import type { FusionReport, FusionTask } from '../engine/fusion-task';
import { heldCovers } from '../engine/held-border';
import { NATURAL } from '../engine/look';
import { CUT } from '../kernels/rule.generated';
import type { GraphFiles } from './graph-card';
import { planGraph, type GraphPlan, type PlannedStrip } from './graph-plan';
import { coverFeed } from './cover-feed';
import { fadeFeed, fadesOf } from './fade-feed';
import { lookFeeds } from './look-feeds';
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

type Feeds = Record<string, Tensor>;
type Results = Record<'luma' | 'chroma' | 'coefficients' | 'means' | 'scene_cut', Tensor>;

export class GraphEngine {
  readonly provider: string;
  readonly #files: GraphFiles;
  readonly #open: OpenSession;
  readonly #stripPixels: number;
  readonly #sessions = new Map<number, GraphSession>();
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
    const session = await this.#sessionFor(task.payloads.length);
    const state = this.#stateOf(task, scene);
    const { plan } = state;
    const payload = this.#spare?.length === task.layout.size ? this.#spare : new Uint8Array(task.layout.size);
    this.#spare = undefined;
    const common = { ...plan.feeds, ...lookFeeds(task.look ?? NATURAL, plan.order) };
    const fades = fadesOf(task, plan);
    const covers = heldCovers(task, plan.map.block);
    let first: Results | undefined;
    for (const strip of plan.strips) {
      const offsets = fades ? fadeFeed(common.offsets, fades, strip.feeds.strip_rows, plan.map.mapWidth) : common.offsets;
      const feeds = { ...common, ...strip.feeds, ...planeFeeds(task, plan, strip), covers: coverFeed(covers, task.layout, plan.order, strip), offsets };
      const results = await run(session, { ...feeds, ...(first ? kept(plan, first) : fresh(task, state)) }, payload, plan, strip);
      first ??= results;
    }
    if (!first) throw new RangeError('A picture has rows.');
    const sceneCut = state.known && (first.scene_cut.data as Float32Array)[0] === 1;
    state.means = first.means;
    state.known = true;
    const weights = task.weights ? weightsOf(task, plan, first.coefficients, first.means) : undefined;
    const networkMs = performance.now() - start;
    const reference = task.payloads[task.reference];
    if (reference?.buffer instanceof ArrayBuffer) this.#spare = reference;
    return { payload, report: { sceneCut, slices: 1, reused: 0, statisticsMs: 0, waitMs: 0, networkMs, blendMs: 0, weights } };
  }

  /** Whether pictures of so many exposures were fused already: the first take long. */
  isOpen(exposures: number): boolean {
    return this.#sessions.has(exposures);
  }

  async close(): Promise<void> {
    this.#scenes.clear();
    const sessions = [...this.#sessions.values()];
    this.#sessions.clear();
    for (const session of sessions) await session.release();
  }

  async #sessionFor(exposures: number): Promise<GraphSession> {
    const session = this.#sessions.get(exposures) ?? (await this.#open(this.provider, this.#files.read(exposures)));
    this.#sessions.set(exposures, session);
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

async function run(session: GraphSession, feeds: Feeds, payload: Uint8Array, plan: GraphPlan, strip: PlannedStrip): Promise<Results> {
  const { planes } = plan;
  const luma = planes.lumaTarget(payload, strip);
  const chroma = planes.chromaTarget(payload, strip);
  const fetches = {
    luma: new Tensor('uint8', luma, [strip.rows, planes.width]),
    chroma: new Tensor('uint8', chroma, [planes.components, strip.rows / 2, planes.chromaWidth, planes.interleaved]),
    coefficients: null,
    means: null,
    scene_cut: null,
  };
  const results = (await session.run(feeds, fetches)) as unknown as Results;
  // A provider may hand out tensors of its own instead.
  planes.store(results.luma.data as Uint8Array, results.chroma.data as Uint8Array, payload, strip);
  return results;
}

/** The strip's planes of every exposure. */
function planeFeeds({ payloads }: FusionTask, { planes, order }: GraphPlan, strip: PlannedStrip): Feeds {
  const feeds: Feeds = {};
  const chromaShape = [planes.components, strip.rows / 2, planes.chromaWidth, planes.interleaved];
  for (const [at, exposure] of order.entries()) {
    const payload = payloads[exposure];
    if (!payload) throw new RangeError(`There is no exposure ${exposure}.`);
    feeds[`luma${at}`] = new Tensor('uint8', planes.luma(payload, strip), [strip.rows, planes.width]);
    feeds[`chroma${at}`] = new Tensor('uint8', planes.chroma(payload, strip), chromaShape);
  }
  return feeds;
}

const flag = (value: boolean): Tensor => new Tensor('bool', [value], []);

/** For the first strip: samples of the whole picture, and what the one before left. */
function fresh({ payloads }: FusionTask, { plan, means }: SceneState): Feeds {
  const { planes, order, stride, sampleRows, chromaRows } = plan;
  const lumaBytes = order.length * sampleRows * planes.width;
  const [luma, above, below] = [new Uint8Array(lumaBytes), new Uint8Array(lumaBytes), new Uint8Array(lumaBytes)];
  const chroma = new Uint8Array(order.length * chromaRows * planes.width);
  let lumaAt = 0;
  let chromaAt = 0;
  for (const exposure of order) {
    const payload = payloads[exposure] ?? new Uint8Array();
    planes.sampleRows(payload, false, stride, sampleRows, above, lumaAt, -1);
    planes.sampleRows(payload, false, stride, sampleRows, below, lumaAt, 1);
    lumaAt += planes.sampleRows(payload, false, stride, sampleRows, luma, lumaAt);
    chromaAt += planes.sampleRows(payload, true, stride, chromaRows, chroma, chromaAt);
  }
  const k = order.length;
  return {
    fresh: flag(true),
    samples: new Tensor('uint8', luma, [k, sampleRows, planes.width]),
    above: new Tensor('uint8', above, [k, sampleRows, planes.width]),
    below: new Tensor('uint8', below, [k, sampleRows, planes.width]),
    chroma_samples: new Tensor('uint8', chroma, [k, planes.components, chromaRows, planes.chromaWidth, planes.interleaved]),
    last_means: means,
    last_coefficients: new Tensor('float32', new Float32Array(k * 6), [k, 6, 1, 1]),
  };
}

/** For later strips: what the first found, and no samples. */
function kept({ order, planes }: GraphPlan, { coefficients, means }: Results): Feeds {
  const k = order.length;
  const { components, interleaved } = planes;
  const none = new Tensor('uint8', new Uint8Array(k), [k, 1, 1]);
  return {
    fresh: flag(false),
    samples: none,
    above: none,
    below: none,
    chroma_samples: new Tensor('uint8', new Uint8Array(k * 2), [k, components, 1, 1, interleaved]),
    last_means: means,
    last_coefficients: coefficients,
  };
}
