/**
 * The HDR merge of all pixels by an ONNX graph, on any provider (hdr/merge-kernels.ts is the CPU's). Lives in the worker. Payloads are only read, so
 * whatever goes wrong, the kernels can merge the same task. A picture passes in strips, with a row of cells more above and below: what moved takes
 * its neighbours along.
 */
import { Tensor } from 'onnxruntime-node';
import { planeLayout } from '../../core/frames/video-layout';
import { lostLight } from '../hdr/lost-light';
import { mergeOrder } from '../hdr/merge-order';
import type { MergeTask } from '../hdr/merge-task';
import { readDeepGraph } from './graph-card';
import { planeFeeds, type Feeds } from './graph-feeds';
import { cutStrips } from './graph-plan';
import { cellCovers, exposureFeeds, lostFeeds, placeFeeds, settingsFeeds } from './merge-feeds';
import { GraphPlanes, type Strip } from './planes';
import { openSession, type GraphSession, type OpenSession } from './session';

/** 1920x1080: some thirty planes of float are there at once, 8 MB each. */
const STRIP_PIXELS = 2 ** 21;

/** Rows beyond a strip. */
const BEYOND = 2;

export class MergeGraph {
  readonly provider: string;
  readonly #open: OpenSession;
  readonly #stripPixels: number;
  readonly #sessions = new Map<number, GraphSession>();
  #settings: { readonly key: string; readonly feeds: Feeds } | undefined;

  constructor(provider: string, { open = openSession, stripPixels = STRIP_PIXELS } = {}) {
    this.provider = provider;
    this.#open = open;
    this.#stripPixels = stripPixels;
  }

  /** One exposure is looked up and shown, which the CPU does at once. */
  takes({ payloads }: MergeTask): boolean {
    return payloads.length > 1;
  }

  /** @param times of the exposures @returns I420_10LE */
  async merge(task: MergeTask, times: readonly number[]): Promise<Uint8Array> {
    const { layout, payloads, reference } = task;
    const session = await this.#sessionFor(payloads.length);
    const order = mergeOrder(payloads.length, reference);
    const planes = new GraphPlanes(layout);
    const toLayout = planeLayout('I420_10LE', layout.width, layout.height);
    const to = new GraphPlanes(toLayout);
    const payload = new Uint8Array(toLayout.size);
    const lost = lostLight(task, times);
    const common = { ...this.#feedsOf(task), ...exposureFeeds(task, times, order) };
    for (const strip of cutStrips(planes, this.#stripPixels)) {
      const around = beyond(strip, planes.height);
      const feeds = { ...common, ...placeFeeds(planes, around.rows), ...cellCovers(task, order, around), ...lostFeeds(lost, planes, around), ...bytewise(planeFeeds(payloads, planes, order, around), planes) };
      const whole = around.rows === strip.rows;
      const luma = whole ? new Tensor('uint8', to.lumaTarget(payload, strip), to.lumaShape(strip)) : null;
      const chroma = whole ? new Tensor('uint8', to.chromaTarget(payload, strip), to.chromaShape(strip)) : null;
      const results = (await session.run(feeds, { luma, chroma })) as unknown as Record<'luma' | 'chroma', Tensor>;
      const [gotLuma, gotChroma] = [results.luma.data as Uint8Array, results.chroma.data as Uint8Array];
      to.store(inner(gotLuma, 1, around, strip), inner(gotChroma, to.components, around, strip), payload, strip);
    }
    return payload;
  }

  isOpen({ payloads }: MergeTask): boolean {
    return this.#sessions.has(payloads.length);
  }

  async close(): Promise<void> {
    const sessions = [...this.#sessions.values()];
    this.#sessions.clear();
    for (const session of sessions) await session.release();
  }

  async #sessionFor(exposures: number): Promise<GraphSession> {
    const session = this.#sessions.get(exposures) ?? (await this.#open(this.provider, readDeepGraph(exposures, 'merge')));
    this.#sessions.set(exposures, session);
    return session;
  }

  #feedsOf(task: MergeTask): Feeds {
    const { layout, colorimetry, settings, declared } = task;
    const key = JSON.stringify([layout.format, colorimetry, settings, declared]);
    if (this.#settings?.key !== key) this.#settings = { key, feeds: settingsFeeds(task) };
    return this.#settings.feeds;
  }
}

function beyond({ top, rows }: Strip, height: number): Strip {
  const first = Math.max(0, top - BEYOND);
  return { top: first, rows: Math.min(height, top + rows + BEYOND) - first };
}

/** The graph wants the bytes of a sample as an axis, where there is one, too. */
function bytewise(feeds: Feeds, { sample }: GraphPlanes): Feeds {
  if (sample > 1) return feeds;
  return Object.fromEntries(Object.entries(feeds).map(([name, { data, dims }]) => [name, new Tensor('uint8', data as Uint8Array, [...dims, 1])]));
}

/** Rows of the strip itself, of each of so many planes that lie one after the other. */
function inner(data: Uint8Array, components: number, around: Strip, strip: Strip): Uint8Array {
  if (around.rows === strip.rows) return data;
  const plane = data.length / components;
  const row = plane / around.rows;
  const from = (strip.top - around.top) * row;
  const parts = Array.from({ length: components }, (_, index) => data.subarray(index * plane + from, index * plane + from + strip.rows * row));
  const [only] = parts;
  return components === 1 && only ? only : Buffer.concat(parts);
}
