/** Luma made small, and which of its pixels say anything: clipped and black ones do not. */
import type { ColourRange } from '../../core/frames/video-caps';

export interface LumaPlane {
  /** Starts with the plane's first row. */
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** Bytes from one row to the next. */
  readonly stride: number;
  readonly range: ColourRange;
}

export interface Level {
  readonly width: number;
  readonly height: number;
  /** Codes as of full range, 0..255. */
  readonly luma: Float32Array;
  /** 1 where luma is neither clipped nor black. */
  readonly valid: Uint8Array;
}

export interface Pyramid {
  /** Pixels of the plane in each direction that make one of levels[0]. */
  readonly factor: number;
  /** Fine to coarse, each half as large as the one before. */
  readonly levels: readonly Level[];
}

/** Pixels of the longer side of the finest level at most: sub-pixel steps there are a fraction of a pixel of an UHD picture. */
const FINEST = 1024;
/** And of the coarsest, which is searched exhaustively. */
const COARSEST = 128;

/** Codes of full range that are noise and quantisation below, and clipped or in a camera's shoulder above. */
const BLACK = 3;
const CLIPPED = 250;
/** How much of a box has to be neither. */
const WHOLE = 0.75;

export function reductionOf(width: number, height: number): number {
  return Math.ceil(Math.max(width, height) / FINEST);
}

export function lumaPyramid(plane: LumaPlane): Pyramid {
  const factor = reductionOf(plane.width, plane.height);
  let last = boxReduced(plane, factor);
  const levels = [last];
  while (Math.max(last.width, last.height) > COARSEST) levels.push((last = halved(last)));
  return { factor, levels };
}

function boxReduced(plane: LumaPlane, factor: number): Level {
  const { data, stride, range } = plane;
  const [width, height] = [Math.floor(plane.width / factor), Math.floor(plane.height / factor)];
  const [luma, valid] = [new Float32Array(width * height), new Uint8Array(width * height)];
  const [scale, offset] = range === 'limited' ? [255 / 219, 16] : [1, 0];
  const [black, clipped] = [BLACK / scale + offset, CLIPPED / scale + offset];
  const enough = WHOLE * factor * factor;
  const [sums, counts] = [new Uint32Array(width), new Uint32Array(width)];
  for (let y = 0; y < height; y += 1) {
    sums.fill(0);
    counts.fill(0);
    for (let row = y * factor; row < (y + 1) * factor; row += 1) {
      for (let x = 0, from = row * stride; x < width; x += 1) {
        let sum = 0;
        let count = 0;
        for (const end = from + factor; from < end; from += 1) {
          const code = data[from];
          sum += code;
          if (code > black && code < clipped) count += 1;
        }
        sums[x] += sum;
        counts[x] += count;
      }
    }
    for (let x = 0, to = y * width; x < width; x += 1, to += 1) {
      luma[to] = (sums[x] / (factor * factor) - offset) * scale;
      valid[to] = counts[x] >= enough ? 1 : 0;
    }
  }
  return { width, height, luma, valid };
}

function halved(level: Level): Level {
  const [width, height] = [level.width >> 1, level.height >> 1];
  const [luma, valid] = [new Float32Array(width * height), new Uint8Array(width * height)];
  for (let y = 0; y < height; y += 1) {
    for (let x = 0, to = y * width; x < width; x += 1, to += 1) {
      const a = 2 * y * level.width + 2 * x;
      const c = a + level.width;
      luma[to] = (level.luma[a] + level.luma[a + 1] + level.luma[c] + level.luma[c + 1]) / 4;
      valid[to] = level.valid[a] + level.valid[a + 1] + level.valid[c] + level.valid[c + 1] >= 3 ? 1 : 0;
    }
  }
  return { width, height, luma, valid };
}
