/** What a stream's caps say of its pictures. */
import { readColorimetry, type Colorimetry, type ColourRange } from './colorimetry';
import { GstIplError } from '../errors';
import { isPixelFormat, planeLayout, type PixelFormat, type PlaneLayout } from './video-layout';

export interface Fraction {
  readonly numerator: number;
  readonly denominator: number;
}

export type { ColourRange };

export interface VideoCaps {
  readonly format: PixelFormat;
  readonly width: number;
  readonly height: number;
  /** 0/1 where the rate varies or is unknown, as in GStreamer. */
  readonly framerate: Fraction;
  readonly range: ColourRange;
  /** What the samples mean; `range` is its range. */
  readonly colorimetry: Colorimetry;
  /** Never so for what comes out of GStreamer. */
  readonly interlaced: boolean;
  /** Width to height of one pixel. */
  readonly pixelAspect: Fraction;
  /** How the views of a stereo picture lie in it (`multiview-mode`); `mono` where there is one. */
  readonly views: string;
  readonly layout: PlaneLayout;
  /** The caps as GStreamer wrote them; passed on unchanged, so that colorimetry and pixel aspect are too. */
  readonly text: string;
}

/** Splits `video/x-raw, format=(string)I420, width=(int)64` into its media type and fields. */
export function parseCapsFields(text: string): { media: string; fields: Map<string, string> } {
  const media = /^\s*([^,;\s(]+)/.exec(text)?.[1] ?? '';
  const fields = new Map<string, string>();
  const pattern = /([\w-]+)\s*=\s*(?:\([^)]*\)\s*)?("(?:[^"\\]|\\.)*"|[^,;"\s]+)/g;
  for (const [, name, value] of text.matchAll(pattern)) {
    if (name && value) fields.set(name, value.replace(/^"|"$/g, ''));
  }
  return { media, fields };
}

/**
 * Reads raw video caps of the formats that fusion works on.
 * @throws GstIplError `bad-caps` when they are not NV12 or I420 of 8 bits, or P010 or I420 of 10.
 */
export function parseVideoCaps(text: string): VideoCaps {
  const { media, fields } = parseCapsFields(text);
  const format = fields.get('format');
  const width = Number(fields.get('width'));
  const height = Number(fields.get('height'));
  if (media !== 'video/x-raw' || !isPixelFormat(format) || !(width > 0) || !(height > 0)) {
    throw new GstIplError('bad-caps', `Frames must be raw I420 or NV12 video of 8 bits, or I420_10LE or P010_10LE of 10, but these are "${text}".`, {
      hint: 'Put `videoconvert ! video/x-raw,format=I420` at the end of the launch fragment.',
    });
  }
  const colorimetry = readColorimetry(fields.get('colorimetry'), height);
  return {
    format,
    width,
    height,
    framerate: parseFraction(fields.get('framerate')),
    range: colorimetry.range,
    colorimetry,
    interlaced: (fields.get('interlace-mode') ?? 'progressive') !== 'progressive',
    pixelAspect: parseFraction(fields.get('pixel-aspect-ratio') ?? '1/1'),
    views: fields.get('multiview-mode') ?? 'mono',
    layout: planeLayout(format, width, height),
    text,
  };
}

/** The same pictures, in another size. */
export function resizedCaps({ text }: VideoCaps, width: number, height: number): VideoCaps {
  const sized = (caps: string, name: string, value: number): string => caps.replace(new RegExp(`(\\b${name}=\\s*(?:\\([^)]*\\)\\s*)?)\\d+`), `$1${value}`);
  return parseVideoCaps(sized(sized(text, 'width', width), 'height', height));
}

/** Whether caps say the same of the pictures themselves: their times show how often they come, too. */
export function sameButRate(a: VideoCaps, b: VideoCaps): boolean {
  return a.text === b.text || withoutRate(a.text) === withoutRate(b.text);
}

const withoutRate = (text: string): string => text.replace(/\bframerate=\s*(\([^)]*\)\s*)?[^,;\s]+/, '');

function parseFraction(text: string | undefined): Fraction {
  const [numerator, denominator] = (text ?? '0/1').split('/').map(Number);
  return { numerator: numerator ?? 0, denominator: denominator || 1 };
}
