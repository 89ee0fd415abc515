/**
 * How large a picture may be. A few bytes of a file or stream can claim any size, and a decoder takes the memory for it before
 * the first pixel is there: so a photograph is asked before it is decoded, anything else when its caps are known.
 */
import { GstIplError } from '../errors';
import { parsePixels } from '../quantities';

export const PIXELS_VARIABLE = 'GST_IPL_MAX_PIXELS';

/**
 * A gigapixel: five times the largest sensors of cameras and telephones (200 megapixels), seven times 16K video (133). Three
 * exposures of it take 4.5 GB, which a workstation has and a camera's computer has not.
 */
export const DEFAULT_PIXELS = 1e9;

/** videoconvert of GStreamer 1.22, which pictures pass on their way from it into Node, takes no longer one. */
const LONGEST_SIDE = 32_767;

let limit: number | undefined;

/** For the whole process. */
export function limitPixels(pixels: number): void {
  limit = pixels;
}

/** @throws GstIplError `bad-option` where the environment says what is no amount */
function pixelLimit(): number {
  limit ??= process.env[PIXELS_VARIABLE] ? fromEnvironment(process.env[PIXELS_VARIABLE]) : DEFAULT_PIXELS;
  return limit;
}

function fromEnvironment(text: string): number {
  try {
    return parsePixels(text);
  } catch (error) {
    throw new GstIplError('bad-option', `${PIXELS_VARIABLE}: ${(error as Error).message}`, { cause: error });
  }
}

/**
 * @param whose begins the sentence: `Node "a"`, `The picture a.png`
 * @param longest side that is taken, where GStreamer has no part in it
 * @throws GstIplError `bad-caps`
 */
export function checkPixels(whose: string, width: number, height: number, node?: string, longest?: number): void {
  const place = node === undefined ? undefined : { node };
  const side = longest ?? LONGEST_SIDE;
  if (width > side || height > side) {
    const refusal = longest === undefined ? 'GStreamer converts none whose sides are longer than' : 'none is taken whose sides are longer than';
    throw new GstIplError('bad-caps', `${whose} has ${width}x${height} pixels; ${refusal} ${side}.`, {
      place,
      hint: 'Make it smaller, or cut it into parts.',
    });
  }
  if (width * height <= pixelLimit()) return;
  const megapixels = (pixels: number): string => (pixels / 1e6).toLocaleString('en', { maximumSignificantDigits: 4, useGrouping: false });
  const sentence = `${whose} has ${width}x${height} pixels: ${megapixels(width * height)} megapixels, and ${megapixels(pixelLimit())} are the most that is taken.`;
  const wanted = Math.ceil((width * height) / 1e6);
  throw new GstIplError('bad-caps', sentence, {
    place,
    hint: `Where its size is right, and there is memory for it, allow more: --max-pixels ${wanted}M, or ${PIXELS_VARIABLE}=${wanted}M.`,
  });
}
