/** Exposures of a scene whose light is known. */
import { depthOf, isInterleaved, planeLayout, type PixelFormat, type PlaneLayout } from '../../../plugin/core/frames/video-layout';
import { curveOf, type CurveName } from '../../../plugin/ipl/hdr/curves';
import { codeScale, colourMatrix } from '../../../plugin/ipl/hdr/matrix';
import type { MergeTask } from '../../../plugin/ipl/hdr/merge-task';

/** Light of R, G and B at a pixel, 1 being the reference's white; of an exposure, where something moves. */
export type SceneLight = (x: number, y: number, exposure: number) => readonly [number, number, number];

export interface BracketSettings {
  readonly format: PixelFormat;
  readonly width: number;
  readonly height: number;
  readonly range: 'limited' | 'full';
  readonly ev: readonly number[];
  /** What the pixels have, where it is not what `ev` says. */
  readonly times?: readonly number[];
  readonly scene: SceneLight;
  readonly curve?: CurveName;
  /** Deviation of codes of 8 bits. */
  readonly noise?: number;
}

/** Numbers from 0 to 1, the same every time. */
export function randomNumbers(seed: number): () => number {
  let state = (seed * 2654435761) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
}

/** Patches of all colours and ten stops of light, and some that move. */
export function noise(width: number, height: number, seed: number): SceneLight {
  const random = randomNumbers(seed);
  const patches = Array.from({ length: 4 * (width + 8) * (height + 8) }, () => random());
  return (x, y, exposure) => {
    const patch = (Math.floor(x / 4) + Math.floor(y / 4) * width) * 3;
    const moved = (patches[patch + 7] ?? 0) > 0.8 ? exposure + 1 : 0;
    const stops = 10 * (patches[patch + moved] ?? 0) - 7;
    return [0, 1, 2].map((channel) => 2 ** (stops + 2 * (patches[patch + channel + 1] ?? 0))) as unknown as [number, number, number];
  };
}

/** The code of a curve for a light, by halving. */
export function codeOf(curve: CurveName, light: number): number {
  const { toLight } = curveOf(curve);
  let [low, high] = [0, 1];
  for (let step = 0; step < 24; step += 1) {
    const middle = (low + high) / 2;
    if (toLight(middle) < light) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

export function bracket(settings: BracketSettings): MergeTask {
  const { format, width, height, range, ev, curve = 'srgb' } = settings;
  const layout = planeLayout(format, width, height);
  const colorimetry = { range, matrix: 'BT.709' };
  const times = settings.times ?? ev.map((each) => 2 ** each);
  const gauss = gaussian(randomNumbers(99));
  // The curve once, finely: halving for each pixel takes long.
  const table = Float64Array.from({ length: 8193 }, (_, at) => codeOf(curve, (at / 8192) ** 3 * curveOf(curve).toLight(1)));
  const toCode = (light: number): number => table[Math.min(8192, Math.round(8192 * Math.cbrt(light / curveOf(curve).toLight(1))))] ?? 1;
  const payloads = times.map((time, exposure) => {
    const rgb = (x: number, y: number): number[] => {
      const light = settings.scene(Math.min(x, width - 1), Math.min(y, height - 1), exposure);
      return light.map((value) => Math.min(1, Math.max(0, toCode(value * time) + ((settings.noise ?? 0) / 255) * gauss())));
    };
    return encode(layout, colorimetry, rgb);
  });
  return {
    payloads,
    layout,
    colorimetry,
    reference: Math.floor((ev.length - 1) / 2),
    settings: { output: 'hlg', curve, peak: 1000, referenceWhite: 203, primaries: 'bt709' },
    places: ev.map((_, index) => index),
    declared: ev,
  };
}

function gaussian(random: () => number): () => number {
  return () => Math.sqrt(-2 * Math.log(random() + 1e-12)) * Math.cos(2 * Math.PI * random());
}

/** A frame of R'G'B' codes. */
export function encode(layout: PlaneLayout, colorimetry: MergeTask['colorimetry'], rgb: (x: number, y: number) => readonly number[]): Uint8Array {
  const { format, width, height, planes } = layout;
  const bits = depthOf(format);
  const { black, luma, grey, chroma } = codeScale(colorimetry.range, bits);
  const { redOfCr, blueOfCb } = colourMatrix(colorimetry);
  const [red, blue] = [1 - redOfCr / 2, 1 - blueOfCb / 2];
  const payload = new Uint8Array(layout.size);
  const view = new DataView(payload.buffer);
  const put = (plane: number, x: number, y: number, value: number): void => {
    const { offset, stride } = planes[plane] ?? { offset: 0, stride: 0 };
    const code = Math.min(2 ** bits - 1, Math.max(0, Math.round(value)));
    if (bits === 8) payload[offset + y * stride + x] = code;
    else view.setUint16(offset + y * stride + 2 * x, format === 'P010_10LE' ? code << 6 : code, true);
  };
  for (let y = 0; y < height; y += 2) {
    for (let x = 0; x < width; x += 2) {
      let [sumBlue, sumRed] = [0, 0];
      for (const [dx, dy] of [[0, 0], [1, 0], [0, 1], [1, 1]] as const) {
        const [r, g, b] = rgb(x + dx, y + dy) as [number, number, number];
        const own = red * r + (1 - red - blue) * g + blue * b;
        if (x + dx < width && y + dy < height) put(0, x + dx, y + dy, black + own / luma);
        sumBlue += (b - own) / blueOfCb / 4;
        sumRed += (r - own) / redOfCr / 4;
      }
      const turns = isInterleaved(format);
      put(1, turns ? x : x / 2, y / 2, grey + sumBlue / chroma);
      put(turns ? 1 : 2, turns ? x + 1 : x / 2, y / 2, grey + sumRed / chroma);
    }
  }
  return payload;
}
