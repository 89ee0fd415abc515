/** The recorded pictures of models/train/export/gpu_golden.py, and how far an engine's are from them. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { planeLayout, type PixelFormat } from '../../../plugin/core/frames/video-layout';
import type { FusionTask } from '../../../plugin/ipl/engine/fusion-task';
import { NATURAL } from '../../../plugin/ipl/engine/look';
import type { Shares } from '../../../plugin/ipl/kernels';

const GOLDEN = path.join(__dirname, '..', '..', 'golden');

interface Entry {
  readonly exposures: number;
  readonly reference: number;
  readonly height: number;
  readonly width: number;
  readonly range: 'limited' | 'full';
  readonly shares: Shares;
  readonly pictures: number;
}

export interface GoldenScene extends Entry {
  /** [picture][exposure]; the answers are I420 without padding. */
  readonly payloads: readonly (readonly Uint8Array[])[];
  readonly answers: readonly Uint8Array[];
}

export function goldenScenes(): GoldenScene[] {
  const entries = JSON.parse(readFileSync(path.join(GOLDEN, 'gpu.json'), 'utf8')) as Entry[];
  const bytes = new Uint8Array(gunzipSync(readFileSync(path.join(GOLDEN, 'gpu.bin.gz'))));
  let at = 0;
  const take = (length: number): Uint8Array => bytes.slice(at, (at += length));
  return entries.map((entry) => {
    const size = (entry.width * entry.height * 3) / 2;
    const pictures = Array.from({ length: entry.pictures }, () => {
      return { payloads: Array.from({ length: entry.exposures }, () => take(size)), answer: take(size) };
    });
    return { ...entry, payloads: pictures.map(({ payloads }) => payloads), answers: pictures.map(({ answer }) => answer) };
  });
}

/** A picture of the scene as a pipeline would bring it: with the paddings and the chroma of the format. */
export function taskOf(scene: GoldenScene, picture: number, format: PixelFormat): FusionTask {
  const layout = planeLayout(format, scene.width, scene.height);
  const payloads = (scene.payloads[picture] ?? []).map((planes) => {
    const payload = new Uint8Array(layout.size);
    visit(scene, format, (at, tight) => (payload[at] = planes[tight] ?? 0));
    return payload;
  });
  const look = { ...NATURAL, highlights: scene.shares.darker, shadows: scene.shares.brighter };
  return { payloads, layout, range: scene.range, reference: scene.reference, look };
}

/** Differences in codes from the recorded answer: of all, and the greatest. */
export function differences(scene: GoldenScene, picture: number, format: PixelFormat, fused: Uint8Array): { beyondOne: number; most: number } {
  const answer = scene.answers[picture] ?? new Uint8Array();
  const far = { count: 0, beyondOne: 0, most: 0 };
  visit(scene, format, (at, tight) => {
    const difference = Math.abs((fused[at] ?? 0) - (answer[tight] ?? 0));
    far.count += 1;
    far.beyondOne += difference > 1 ? 1 : 0;
    far.most = Math.max(far.most, difference);
  });
  return { beyondOne: far.beyondOne / far.count, most: far.most };
}

/** Every sample's place in a payload, and in the recorded I420 without padding. */
function visit({ width, height }: Entry, format: PixelFormat, use: (at: number, tight: number) => void): void {
  const { planes } = planeLayout(format, width, height);
  const [cw, ch] = [width / 2, height / 2];
  for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) use(y * (planes[0]?.stride ?? 0) + x, y * width + x);
  for (const component of [0, 1]) {
    const plane = planes[format === 'NV12' ? 1 : component + 1];
    if (!plane) return;
    for (let y = 0; y < ch; y += 1) {
      for (let x = 0; x < cw; x += 1) {
        const at = plane.offset + y * plane.stride + (format === 'NV12' ? 2 * x + component : x);
        use(at, width * height + (component * ch + y) * cw + x);
      }
    }
  }
}
