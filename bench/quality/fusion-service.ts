/**
 * Serves fused pictures to the Python side: FusionEngine on raw I420 planes, as the product's worker uses it.
 *
 * Input: one line of JSON (Request), then the payloads, dark to bright. Output: one line of JSON, then the fused payload.
 */
import type { Readable, Writable } from 'node:stream';
import { once } from 'node:events';
import { ByteReader } from './byte-reader';
import { planeLayout } from '../../plugin/core/frames/video-layout';
import { FusionEngine } from '../../plugin/ipl/engine/fusion-engine';
import { NATURAL } from '../../plugin/ipl/engine/look';
import { FusionKernels } from '../../plugin/ipl/kernels';
import { DEFAULT_MODEL, loadModel, type LoadedModel } from '../../plugin/ipl/network/model';
import { planSlices } from '../../plugin/ipl/network/slice-plan';

interface Request {
  /** Engines are kept by this name: one for each stream of pictures. */
  readonly engine: string;
  readonly model: string | null;
  readonly slices: number | null;
  readonly width: number;
  readonly height: number;
  readonly exposures: number;
  readonly reference: number;
  readonly reset: boolean;
  /** Share of the natural noise reduction (plugin/ipl/engine/look.ts). */
  readonly denoise?: number;
}

/** The graph element's default (plugin/ipl/index.ts, `slice`). */
const DEFAULT_SLICE_BANDS = 4;

export async function serve(input: Readable, output: Writable): Promise<void> {
  const reader = new ByteReader(input);
  const models = new Map<string, LoadedModel>();
  const engines = new Map<string, FusionEngine>();
  for (;;) {
    const line = await reader.line();
    if (line === undefined) return;
    const request = JSON.parse(line) as Request;
    const layout = planeLayout('I420', request.width, request.height);
    const payloads: Uint8Array[] = [];
    for (let index = 0; index < request.exposures; index += 1) payloads.push(await reader.bytes(layout.size));
    const card = request.model ?? DEFAULT_MODEL;
    const model = models.get(card) ?? (await loadModel(card));
    models.set(card, model);
    const plan = planSlices(request.width, request.height, 1, model.card.tokenColumns);
    const sliceBands = request.slices ? Math.max(1, Math.ceil(plan.slices.length / request.slices)) : DEFAULT_SLICE_BANDS;
    // Where slices are asked for, slices are measured.
    const whole = request.slices === null;
    const key = `${request.engine} ${card} ${sliceBands} ${whole}`;
    const engine = engines.get(key) ?? new FusionEngine(model, await FusionKernels.load(), { sliceBands, whole });
    engines.set(key, engine);
    if (request.reset) engine.reset();
    const { sceneCut } = await engine.fuse({ payloads, layout, range: 'full', reference: request.reference, look: { ...NATURAL, denoise: request.denoise ?? NATURAL.denoise } });
    const fused = payloads[request.reference];
    if (!fused) throw new RangeError(`There is no exposure ${request.reference}.`);
    const answer = {
      size: layout.size,
      sceneCut,
      model: model.card.name,
      sha256: model.card.sha256,
      slices: Math.ceil(plan.slices.length / sliceBands),
    };
    output.write(`${JSON.stringify(answer)}\n`);
    if (!output.write(fused)) await once(output, 'drain');
  }
}
