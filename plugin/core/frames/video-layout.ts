/**
 * Where the samples of a raw video frame lie in its payload.
 *
 * These are GStreamer's default strides (gst_video_info_set_format): every row starts on a multiple of four bytes,
 * planes hold an even number of rows. The capsfilter in front of every outlet keeps decoders' own paddings out.
 */

/**
 * 10 bits lie in 16, little-endian: below in I420_10LE, above in P010_10LE. Y444 and Y444_16LE: chroma for every pixel, as photographs of full
 * colour resolution have it, of 8 and 16 bits.
 */
export type PixelFormat = 'I420' | 'NV12' | 'I420_10LE' | 'P010_10LE' | 'Y444' | 'Y444_16LE';

/** What comes out of GStreamer. */
export const PIXEL_FORMATS: readonly PixelFormat[] = ['I420', 'NV12', 'I420_10LE', 'P010_10LE'];

export const isPixelFormat = (format: string | undefined): format is PixelFormat => (PIXEL_FORMATS as readonly (string | undefined)[]).includes(format);

/** Bits of a sample. */
export const depthOf = (format: PixelFormat): 8 | 10 | 16 => (format.endsWith('_10LE') ? 10 : isDeepFull(format) ? 16 : 8);

/** Bytes of a sample. */
export const bytesOf = (format: PixelFormat): 1 | 2 => (depthOf(format) > 8 ? 2 : 1);

/** Bits of a sample below those that 8 bits would have. */
export const bitsBelowEight = (format: PixelFormat): 0 | 2 | 8 => (depthOf(format) === 8 ? 0 : format === 'I420_10LE' ? 2 : 8);

const isDeepFull = (format: PixelFormat): boolean => format === 'Y444_16LE';

/** Whether Cb and Cr take turns in one plane. */
export const isInterleaved = (format: PixelFormat): boolean => format === 'NV12' || format === 'P010_10LE';

export interface Plane {
  /** Bytes from the start of the payload. */
  readonly offset: number;
  /** Bytes from one row to the next. */
  readonly stride: number;
  /** Bytes of a row that carry samples (of a plane that Cb and Cr share: those of both). */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}

export interface PlaneLayout {
  readonly format: PixelFormat;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** Bytes of the whole payload. */
  readonly size: number;
  /** Luma pixels of a chroma sample, in each direction. */
  readonly chromaScale: 1 | 2;
  /** Luma first; then U and V (I420, Y444, Y444_16LE) or interleaved UV (NV12). */
  readonly planes: readonly Plane[];
}

const roundUp = (value: number, multiple: number): number => Math.ceil(value / multiple) * multiple;

export function planeLayout(format: PixelFormat, width: number, height: number): PlaneLayout {
  if (format === 'Y444' || isDeepFull(format)) return fullLayout(format, width, height);
  const chromaScale = 2;
  const chromaWidth = Math.ceil(width / 2);
  const chromaHeight = Math.ceil(height / 2);
  const bytes = bytesOf(format);
  const lumaStride = roundUp(width * bytes, 4);
  const chromaOffset = lumaStride * roundUp(height, 2);
  const luma: Plane = { offset: 0, stride: lumaStride, width: width * bytes, height };
  if (isInterleaved(format)) {
    const chroma: Plane = { offset: chromaOffset, stride: lumaStride, width: chromaWidth * 2 * bytes, height: chromaHeight };
    return { format, width, height, size: chromaOffset + lumaStride * chromaHeight, chromaScale, planes: [luma, chroma] };
  }
  const stride = roundUp(chromaWidth * bytes, 4);
  const u: Plane = { offset: chromaOffset, stride, width: chromaWidth * bytes, height: chromaHeight };
  const v: Plane = { ...u, offset: chromaOffset + stride * chromaHeight };
  return { format, width, height, size: v.offset + stride * chromaHeight, chromaScale, planes: [luma, u, v] };
}

function fullLayout(format: PixelFormat, width: number, height: number): PlaneLayout {
  const bytes = width * (depthOf(format) / 8);
  const stride = roundUp(bytes, 4);
  const planes = [0, 1, 2].map((index): Plane => ({ offset: index * stride * height, stride, width: bytes, height }));
  return { format, width, height, size: 3 * stride * height, chromaScale: 1, planes };
}
