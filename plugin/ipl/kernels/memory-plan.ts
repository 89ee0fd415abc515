/** Which part of the kernels' memory holds what. Nothing here depends on the picture's height. */
import { bytesOf, type PlaneLayout } from '../../core/frames/video-layout';
import { BLOCK_SAMPLES, COEFFICIENTS, EXPOSURES, SMALLEST_BLOCK, STATISTICS } from './rule.generated';

export interface KernelGeometry {
  /** Of every input frame and of the output. */
  readonly layout: PlaneLayout;
  /** Number of exposures K, 2..5. */
  readonly exposures: number;
  /** Index of the reference exposure. */
  readonly reference: number;
  /** Pixels of a map block in each direction: a power of two, 8..LARGEST_BLOCK. */
  readonly block: number;
  /** Of the luma codes: 16..235 or 0..255. */
  readonly range: 'limited' | 'full';
}

/** Gives a picture of 65535x65535 a map of 32x32; nothing in the kernels depends on it. */
export const LARGEST_BLOCK = 2048;

/** Luma rows that are in the kernels' memory at a time. Few enough for the second-level cache at 3840 pixels. */
export const STRIP_ROWS = 16;

/** Rows of a tile in assembly/tile.ts, at most. */
export const TILE_ROWS = 16;

/** Bytes before and after a row that is smoothed: its neighbours there, and what vectors read past the end. */
const ROW_MARGIN = 16;

export const CHANNELS = STATISTICS.length;

/** Floats of a polynomial (assembly/polynomial.ts). */
const POLYNOMIAL = 8;

/** Addresses and sizes in bytes unless they say otherwise. */
export interface MemoryPlan {
  readonly mapWidth: number;
  readonly mapHeight: number;
  /** A strip of the reference; those of the other exposures follow, exposureStride apart. */
  readonly codes: number;
  readonly exposureStride: number;
  /** Of each plane in a strip: start within the strip, and row stride. */
  readonly planes: readonly { readonly start: number; readonly stride: number }[];
  /** The fused strip. */
  readonly fused: number;
  /** A map row as the network gives it: float32 [K][6][mapWidth], the reference first. */
  readonly given: number;
  /** As many map rows of coefficients as a strip needs, as assembly/coefficients.ts has them. */
  readonly coefficients: number;
  readonly coefficientRow: number;
  readonly coefficientRows: number;
  /** One row of a plane as it is in the frame, or three of luma with what lies between them. Of 8 bits. */
  readonly raw: number;
  /** One row of 16 bits, before it is brought to 8; and bytes from one of those to the next. */
  readonly wide: number;
  readonly narrowStride: number;
  /** Sampled rows of a row of blocks: of luma, then of each chroma plane, then of luma's neighbours to the left, to the
   * right, above and below; those of the other exposures follow. */
  readonly samples: number;
  readonly sampleStride: number;
  readonly samplePlanes: readonly number[];
  readonly sampleNeighbours: readonly number[];
  readonly sampleExposure: number;
  /** Of a strip's rows what each exposure covers: int32 [K][STRIP_ROWS][2], the reference first. */
  readonly covers: number;
  /** Float32 [K][15][mapWidth]. */
  readonly statistics: number;
  /** A strip of a plane before noise reduction, with a row above and below, and the same after it: the first byte of its
   * first row. Rows lie `smoothStride` apart. */
  readonly noisy: number;
  readonly smooth: number;
  readonly smoothStride: number;
  /** First byte after all of it. */
  readonly end: number;
}

const roundUp = (value: number, multiple: number): number => Math.ceil(value / multiple) * multiple;

/** The order in which the blend has the exposures: the reference, then the others. */
export function blendOrder({ exposures, reference }: KernelGeometry): number[] {
  const others = Array.from({ length: exposures }, (_, k) => k).filter((k) => k !== reference);
  return [reference, ...others];
}

/** Lays the regions out from the address `start` on. */
export function planMemory(geometry: KernelGeometry, start: number): MemoryPlan {
  const { layout, exposures, block } = geometry;
  const mapWidth = Math.ceil(layout.width / block);
  let next = roundUp(start, 64);
  // Vector loads reach past the last byte of a region, so each is followed by some unused bytes.
  const reserve = (bytes: number): number => {
    const at = next;
    next = roundUp(next + bytes + 64, 64);
    return at;
  };

  let exposureStride = 0;
  const planes = layout.planes.map((plane, index) => {
    // Rows are written in eights of luma pixels, which may pass the end (with blocks of 8 these start in the middle). Where
    // they do not, rows lie as they do in the frame, and are copied all at once.
    const whole = layout.width % 8 === 0 && block > 8;
    const stride = whole ? plane.stride : roundUp(plane.width, 16) + 32;
    const at = exposureStride;
    exposureStride += stride * (index === 0 ? STRIP_ROWS : STRIP_ROWS / layout.chromaScale);
    return { start: at, stride };
  });
  const coefficientRow = (mapWidth + 2) * exposures * POLYNOMIAL * 4;
  const coefficientRows = Math.ceil(STRIP_ROWS / block) + 2;
  // Compacting first halves a row; NV12's rows have one byte more than an odd width.
  const sampleStride = roundUp(Math.ceil(layout.width / (block > BLOCK_SAMPLES ? 2 : 1)) + 1, 32);
  let sampleExposure = 0;
  const takeRows = (rows: number): number => {
    const at = sampleExposure;
    sampleExposure += rows * sampleStride;
    return at;
  };
  const samplePlanes = layout.planes.map((_, p) => takeRows(p === 0 ? BLOCK_SAMPLES : BLOCK_SAMPLES / 2));
  // Where every pixel is a sample, the neighbours are samples too.
  const sampleNeighbours = block > BLOCK_SAMPLES ? [0, 1, 2, 3].map(() => takeRows(BLOCK_SAMPLES)) : [];
  const narrowStride = roundUp(layout.width, 16);
  const deep = bytesOf(layout.format) > 1;
  const smoothStride = roundUp(layout.width * bytesOf(layout.format) + 2, 16) + 2 * ROW_MARGIN;
  const regions = {
    codes: reserve(exposures * exposureStride),
    fused: reserve(exposureStride),
    given: reserve(exposures * COEFFICIENTS * mapWidth * 4),
    coefficients: reserve(coefficientRows * coefficientRow),
    raw: reserve(2 * (deep ? narrowStride : layout.planes[0].stride) + roundUp(layout.width, 32) + 64),
    wide: reserve(deep ? 2 * narrowStride : 0),
    samples: reserve(exposures * sampleExposure),
    covers: reserve(exposures * STRIP_ROWS * 2 * 4),
    statistics: reserve(exposures * CHANNELS * mapWidth * 4),
    noisy: reserve((STRIP_ROWS + 2) * smoothStride) + smoothStride + ROW_MARGIN,
    smooth: reserve(STRIP_ROWS * smoothStride),
  };
  return {
    ...regions, mapWidth, mapHeight: Math.ceil(layout.height / block), exposureStride, planes,
    coefficientRow, coefficientRows, narrowStride, sampleStride, samplePlanes, sampleNeighbours, sampleExposure, smoothStride, end: next,
  };
}

/** Refuses what the kernels cannot do. */
export function checkGeometry({ exposures, reference, block, layout }: KernelGeometry): void {
  if (!Number.isInteger(exposures) || exposures < EXPOSURES.min || exposures > EXPOSURES.max) {
    throw new RangeError(`exposures must be ${EXPOSURES.min}..${EXPOSURES.max}, not ${exposures}.`);
  }
  if (!Number.isInteger(reference) || reference < 0 || reference >= exposures) {
    throw new RangeError(`reference must be 0..${exposures - 1}, not ${reference}.`);
  }
  if (!Number.isInteger(block) || block < SMALLEST_BLOCK || block > LARGEST_BLOCK || (block & (block - 1)) !== 0) {
    throw new RangeError(`block must be a power of two, ${SMALLEST_BLOCK}..${LARGEST_BLOCK}, not ${block}.`);
  }
  if (layout.width < 1 || layout.height < 1) throw new RangeError('The picture is empty.');
}
