/** The pixel kernels' arithmetic once more: plain, in double precision, pixel by pixel, slow. */
import type { PlaneLayout } from '../../plugin/core/video-layout';

export interface ReferenceInput {
  readonly layout: PlaneLayout;
  readonly frames: readonly Uint8Array[];
  readonly reference: number;
  readonly block: number;
  readonly range: 'limited' | 'full';
}

const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high);

function lumaCode({ layout }: ReferenceInput, frame: Uint8Array, x: number, y: number): number {
  const plane = layout.planes[0];
  return frame[plane.offset + y * plane.stride + x];
}

function luma(input: ReferenceInput, frame: Uint8Array, x: number, y: number): number {
  const code = lumaCode(input, frame, x, y);
  return input.range === 'full' ? code / 255 : clamp((code - 16) / 219, 0, 1);
}

/** Float64 [K, 10, h, w]. */
export function referenceStatistics(input: ReferenceInput): Float64Array {
  const { layout, frames, reference, block } = input;
  const w = Math.ceil(layout.width / block);
  const h = Math.ceil(layout.height / block);
  const step = Math.max(1, block / 16);
  const out = new Float64Array(frames.length * 10 * h * w);
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  frames.forEach((frame, k) => {
    for (let row = 0; row < h; row++) {
      for (let column = 0; column < w; column++) {
        const own: number[] = [];
        const ref: number[] = [];
        for (let y = row * block; y < Math.min((row + 1) * block, layout.height); y += step) {
          for (let x = column * block; x < Math.min((column + 1) * block, layout.width); x += step) {
            own.push(luma(input, frame, x, y));
            ref.push(luma(input, frames[reference], x, y));
          }
        }
        const m = mean(own);
        const r = mean(ref);
        const channels = [
          m, Math.sqrt(mean(own.map((value) => (value - m) ** 2))), Math.min(...own), Math.max(...own),
          r, Math.sqrt(mean(ref.map((value) => (value - r) ** 2))),
          mean(own.map((value, i) => Math.abs(value - ref[i]))),
          10 * mean(own.map((value, i) => (value - m) * (ref[i] - r))),
          (k - reference) / 4, frames.length / 5,
        ];
        channels.forEach((value, channel) => { out[((k * 10 + channel) * h + row) * w + column] = value; });
      }
    }
  });
  return out;
}

/** The two neighbours and the fraction of torch.nn.functional.interpolate(align_corners=False). */
function neighbours(pixel: number, block: number, size: number): [number, number, number] {
  const position = clamp((pixel + 0.5) / block - 0.5, 0, size - 1);
  const first = Math.floor(position);
  return [first, Math.min(first + 1, size - 1), position - first];
}

/** The weights of one luma pixel; `coefficients` is float32 [K, 6, h, w]. */
function weightsAt(input: ReferenceInput, coefficients: Float32Array, x: number, y: number): number[] {
  const { layout, frames, reference, block } = input;
  const w = Math.ceil(layout.width / block);
  const h = Math.ceil(layout.height / block);
  const [top, bottom, fy] = neighbours(y, block, h);
  const [left, right, fx] = neighbours(x, block, w);
  const r = luma(input, frames[reference], x, y);
  const logits = frames.map((frame, k) => {
    const c = Array.from({ length: 6 }, (_, channel) => {
      const at = (row: number, column: number): number => coefficients[((k * 6 + channel) * h + row) * w + column];
      const upper = at(top, left) * (1 - fx) + at(top, right) * fx;
      const lower = at(bottom, left) * (1 - fx) + at(bottom, right) * fx;
      return upper * (1 - fy) + lower * fy;
    });
    const l = luma(input, frame, x, y);
    return c[0] + c[1] * l + c[2] * r + c[3] * l * l + c[4] * l * r + c[5] * r * r;
  });
  const largest = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - largest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

/** The fused frame over a copy of `background`, whose bytes between rows stay. */
export function referenceBlend(input: ReferenceInput, coefficients: Float32Array, background: Uint8Array): Uint8Array {
  const { layout, frames } = input;
  const out = background.slice();
  const weights: number[][] = [];
  const plane = layout.planes[0];
  for (let y = 0; y < layout.height; y++) {
    for (let x = 0; x < layout.width; x++) {
      const own = weightsAt(input, coefficients, x, y);
      weights.push(own);
      const fused = frames.reduce((sum, frame, k) => sum + own[k] * lumaCode(input, frame, x, y), 0);
      out[plane.offset + y * plane.stride + x] = Math.round(fused);
    }
  }
  const bytesPerSample = layout.format === 'NV12' ? 2 : 1;
  for (const chroma of layout.planes.slice(1)) {
    for (let y = 0; y < chroma.height; y++) {
      for (let byte = 0; byte < chroma.width; byte++) {
        const x = Math.floor(byte / bytesPerSample) * 2;
        const pixels = [[x, 2 * y], [x + 1, 2 * y], [x, 2 * y + 1], [x + 1, 2 * y + 1]]
          .filter(([px, py]) => px < layout.width && py < layout.height)
          .map(([px, py]) => weights[py * layout.width + px]);
        const at = chroma.offset + y * chroma.stride + byte;
        const fused = frames.reduce((sum, frame, k) => {
          const weight = pixels.reduce((total, pixel) => total + pixel[k], 0) / pixels.length;
          return sum + weight * frame[at];
        }, 0);
        out[at] = Math.round(fused);
      }
    }
  }
  return out;
}
