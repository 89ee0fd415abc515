/** Seeded pictures and coefficients for the tests of the pixel kernels. */
import { planeLayout, type PixelFormat, type PlaneLayout } from '../../../plugin/core/frames/video-layout';
import { FusionKernels } from '../../../plugin/ipl/kernels';

export type Random = () => number;

/** Uniform in 0..1; the same numbers for the same seed. */
export function random(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A frame that does not start where its buffer starts: noise in every byte, or a smooth picture over the noise. */
export function frame(layout: PlaneLayout, next: Random, kind: 'noise' | 'smooth', gain: number): Uint8Array {
  const bytes = new Uint8Array(new ArrayBuffer(layout.size + 7), 7);
  for (let i = 0; i < bytes.length; i++) bytes[i] = next() * 256;
  if (kind === 'noise') return bytes;
  for (const { offset, stride, width, height } of layout.planes) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const scene = 130 + 80 * Math.sin(x / 23 + 1) * Math.cos(y / 17) + 40 * Math.sin((x + y) / 7);
        bytes[offset + y * stride + x] = Math.min(255, Math.max(0, scene * gain));
      }
    }
  }
  return bytes;
}

/** The network's head answers in this basis, centred on mid grey (models/train/network/model.py): rows are polynomials. */
const BASIS = [
  [1, 0, 0, 0, 0, 0], [-1, 2, 0, 0, 0, 0], [-1, 0, 2, 0, 0, 0],
  [1, -4, 0, 4, 0, 0], [2, -4, -4, 0, 8, 0], [1, 0, -4, 0, 0, 4],
];

/** The same of the reference's tone curve, and the fused chroma's gain and shift. */
const TONE_BASIS = [[1, 0, 0, 0, 0, 0], [-1, 2, 0, 0, 0, 0], [0, 0, 0, 1, 0, 0], [0, 0, 0, 0, 0.5, 0], [0, 0, 0, 0, 0, 0.5]];

/** The heads' bounds. */
const BOUND = 24;
const TONE_BOUND = 0.5;

/** Float32 [K, 6, h, w]: normally distributed in the head's basis, twice as far between pictures as between blocks. */
function smoothCoefficients(
  next: Random, exposures: number, reference: number, cells: number, amplitude: number, tone: number,
): Float32Array {
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  const out = new Float32Array(exposures * 6 * cells);
  for (let k = 0; k < exposures; k++) {
    const [basis, bound, size] = k === reference ? [TONE_BASIS, TONE_BOUND, tone] : [BASIS, BOUND, amplitude];
    const whole = basis.map(() => normal());
    for (let cell = 0; cell < cells; cell++) {
      const head = whole.map((value) => bound * Math.tanh((size * (value + normal() / 2)) / bound));
      for (let j = 0; j < 6; j++) {
        out[(k * 6 + j) * cells + cell] = head.reduce((sum, value, i) => sum + value * basis[i][j], 0);
      }
    }
  }
  return out;
}

export interface Picture {
  readonly format?: PixelFormat;
  readonly width: number;
  readonly height: number;
  readonly exposures?: number;
  readonly reference?: number;
  readonly block?: number;
  readonly range?: 'limited' | 'full';
  readonly kind?: 'noise' | 'smooth';
  /** Of the coefficients in the head's basis; 2 is what the trained network gives. */
  readonly amplitude?: number;
  /** Of the tone curve's. */
  readonly tone?: number;
}

export interface Case {
  readonly layout: PlaneLayout;
  readonly frames: readonly Uint8Array[];
  readonly reference: number;
  readonly block: number;
  readonly range: 'limited' | 'full';
  readonly coefficients: Float32Array;
  readonly mapWidth: number;
  readonly mapHeight: number;
  /** By exposure, what it covers. */
  readonly covers?: readonly (Int32Array | undefined)[];
}

export function makeCase(picture: Picture, seed: number): Case {
  const { format = 'I420', width, height, exposures = 3, block = 16, range = 'limited', kind = 'noise' } = picture;
  const next = random(seed);
  const layout = planeLayout(format, width, height);
  const frames = Array.from({ length: exposures }, (_, k) => frame(layout, next, kind, 0.5 + 0.4 * k));
  const mapWidth = Math.ceil(width / block);
  const mapHeight = Math.ceil(height / block);
  const { reference = exposures >> 1, amplitude = 2, tone = 0.1 } = picture;
  const coefficients = smoothCoefficients(next, exposures, reference, mapWidth * mapHeight, amplitude, tone);
  return { layout, frames, reference, block, range, coefficients, mapWidth, mapHeight };
}

export async function kernelsFor({ layout, frames, reference, block, range }: Case): Promise<FusionKernels> {
  const kernels = await FusionKernels.load();
  kernels.configure({ layout, exposures: frames.length, reference, block, range });
  return kernels;
}

export const formats: PixelFormat[] = ['I420', 'NV12', 'Y444'];
const halfFormats: PixelFormat[] = ['I420', 'NV12'];
const sizes = [[63, 37], [128, 96], [33, 65], [64, 33], [1, 1], [3, 2], [17, 8]] as const;

export const pictures: Picture[] = [];
for (const format of halfFormats) {
  for (const [width, height] of sizes) {
    for (const exposures of [2, 3, 4, 5]) {
      const odd = exposures % 2 === 1;
      pictures.push({ format, width, height, exposures, block: 16, range: odd ? 'limited' : 'full', kind: 'noise' });
      pictures.push({ format, width, height, exposures, block: odd ? 8 : 32, range: odd ? 'full' : 'limited', kind: 'smooth' });
    }
  }
}
pictures.push({ width: 130, height: 70, exposures: 4, block: 64 }, { width: 300, height: 140, block: 128, kind: 'smooth' });
pictures.push({ width: 63, height: 37, reference: 0 }, { width: 63, height: 37, reference: 2, format: 'NV12' });
pictures.push({ width: 601, height: 300, block: 256 }, { width: 600, height: 280, block: 128, format: 'NV12', range: 'full' });
// Large blocks: low, narrow, and with a corner of four.
for (const block of [512, 1024, 2048]) {
  for (const format of halfFormats) {
    pictures.push({ width: 2 * block + 37, height: 9, block, format }, { width: 11, height: 2 * block + 37, block, format, kind: 'smooth' });
  }
}
pictures.push({ width: 530, height: 525, exposures: 2, block: 512, kind: 'smooth' }, { width: 270, height: 265, exposures: 2, block: 256, kind: 'smooth' });

/** Those that plain arithmetic, which takes microseconds for a pixel, is compared on: each of the others is larger, and like one of these. */
export const comparable = (all: readonly Picture[]): Picture[] => all.filter(({ width, height }) => width * height < 100_000);

/** The same with a chroma sample for every pixel. */
export const fullPictures = pictures.filter(({ format = 'I420' }) => format === 'I420').map((picture): Picture => ({ ...picture, format: 'Y444' }));
