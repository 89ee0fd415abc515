/** Which part of the kernels' memory holds what. Nothing here depends on the picture's height. */
import type { PlaneLayout } from '../../core/video-layout';

export interface KernelGeometry {
  /** Of every input frame and of the output. */
  readonly layout: PlaneLayout;
  /** Number of exposures K, 2..5. */
  readonly exposures: number;
  /** Index of the reference exposure. */
  readonly reference: number;
  /** Pixels of a map block in each direction: a power of two, at least 8. */
  readonly block: number;
  /** Of the luma codes: 16..235 or 0..255. */
  readonly range: 'limited' | 'full';
}

/** Luma rows that are in the kernels' memory at a time. Few enough for the second-level cache at 3840 pixels. */
export const STRIP_ROWS = 16;

/** Samples of a block in each direction, at most. */
export const BLOCK_SAMPLES = 16;

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
  /** Map rows of coefficients, float32 [K][6][channelStride] each, the reference first. */
  readonly coefficients: number;
  readonly coefficientRow: number;
  /** Floats. */
  readonly channelStride: number;
  /** The coefficients of two pixel rows. */
  readonly tables: readonly [number, number];
  /** Float32 [2][K][block + 16], what the blend has in hand. */
  readonly scratch: number;
  /** Float32 [K][weightStride]. */
  readonly weights: number;
  /** Floats. */
  readonly weightStride: number;
  /** Sampled luma rows of a row of blocks; exposure k lies k * sampleStride * BLOCK_SAMPLES further. */
  readonly samples: number;
  readonly sampleStride: number;
  /** Float32 [K][10][mapWidth]. */
  readonly statistics: number;
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
  const take = (bytes: number): number => {
    const at = next;
    next = roundUp(next + bytes + 64, 64);
    return at;
  };

  let exposureStride = 0;
  const planes = layout.planes.map((plane, index) => {
    const stride = roundUp(plane.width, 16);
    const at = exposureStride;
    exposureStride += stride * (index === 0 ? STRIP_ROWS : STRIP_ROWS / 2);
    return { start: at, stride };
  });
  const channelStride = roundUp(mapWidth + 2, 4);
  const coefficientRow = exposures * 6 * channelStride * 4;
  const weightStride = roundUp(layout.width, 8) + 8;
  const sampleStride = roundUp(layout.width, 32);
  const regions = {
    codes: take(exposures * exposureStride),
    fused: take(exposureStride),
    coefficients: take((Math.ceil(STRIP_ROWS / block) + 2) * coefficientRow),
    tables: [take(coefficientRow), take(coefficientRow)] as const,
    scratch: take(2 * exposures * (block + 16) * 4),
    weights: take(exposures * weightStride * 4),
    samples: take(exposures * BLOCK_SAMPLES * sampleStride),
    statistics: take(exposures * 10 * mapWidth * 4),
  };
  return {
    ...regions, mapWidth, mapHeight: Math.ceil(layout.height / block), exposureStride, planes,
    coefficientRow, channelStride, weightStride, sampleStride, end: next,
  };
}

/** Refuses what the kernels cannot do. */
export function checkGeometry({ exposures, reference, block, layout }: KernelGeometry): void {
  if (!Number.isInteger(exposures) || exposures < 2 || exposures > 5) {
    throw new RangeError(`exposures must be 2..5, not ${exposures}.`);
  }
  if (!Number.isInteger(reference) || reference < 0 || reference >= exposures) {
    throw new RangeError(`reference must be 0..${exposures - 1}, not ${reference}.`);
  }
  if (!Number.isInteger(block) || block < 8 || (block & (block - 1)) !== 0) {
    throw new RangeError(`block must be a power of two of at least 8, not ${block}.`);
  }
  if (layout.width < 1 || layout.height < 1) throw new RangeError('The picture is empty.');
}
