/**
 * Photographs, JPEG and PNG, for all that reads them: by what they hold, whatever they are called.
 *
 * - The primary picture of a file that holds several (MPF, Ultra HDR), turned the way its Exif part says.
 * - Any sampling, progressive, grey, palette, 1 to 16 bits a sample (8 are taken), interlaced. Transparency is left out: the
 *   colours below it are taken. Colour profiles are not applied.
 * - CMYK and rare kinds of JPEG are refused, and a JPEG with a side longer than 65500 pixels, which libjpeg does not read.
 *
 * gdkpixbufdec reads all of these rightly. Of GStreamer 1.22's own decoders, pngdec makes other colours of 16 bits, jpegdec of
 * 4:1:1, and jpegdec gives each picture of a file that holds several, without a time.
 */
import { GstIplError } from '../core/errors';
import { checkPixels } from '../core/frames/pixel-limit';
import { launch } from './launch/launch';
import { LONGEST_JPEG_SIDE } from './native/long-sides.cjs';
import { readStillHeader } from './still-header';

/** What JPEG itself uses, at full range: pictures of both kinds can be mixed, and 8 bits are used whole. */
const COMMON_CAPS = 'video/x-raw,format=(string)I420,colorimetry=(string)1:4:0:0';

/** gdkpixbufdec gives no time. A picture that is there for a second has as good a one as any other. */
const STAMP = 'imagefreeze num-buffers=1 ! capsfilter caps="video/x-raw,framerate=(fraction)1/1"';

/** What turns a picture upright, by its Exif orientation. */
const DIRECTIONS: readonly (string | undefined)[] = [undefined, undefined, 'horiz', '180', 'vert', 'ul-lr', '90r', 'ur-ll', '90l'];

/**
 * A launch fragment that gives the picture.
 * @returns undefined where the file is no JPEG and no PNG, or cannot be read
 * @throws GstIplError `bad-caps` for a kind that would not come out right, or a size beyond core/frames/pixel-limit.ts or JPEG
 */
export function stillLaunch(file: string): string | undefined {
  const header = readStillHeader(file);
  if (!header) return undefined;
  if (header.problem !== undefined) {
    throw new GstIplError('bad-caps', `"${file}" ${header.problem}; it is not read.`, {
      hint: 'Save it again, as a PNG or as an ordinary JPEG in sRGB.',
    });
  }
  checkPixels(`"${file}"`, header.width, header.height);
  if (header.format === 'JPEG') checkJpeg(file, header);
  const direction = DIRECTIONS[header.orientation];
  const turn = direction === undefined ? '' : ` ! videoflip video-direction=${direction}`;
  return launch`filesrc location=${file}` + ` ! gdkpixbufdec${turn} ! videoconvert ! capsfilter caps="${COMMON_CAPS}" ! ${STAMP}`;
}

/** @throws GstIplError `bad-caps` for a JPEG that libjpeg does not read */
function checkJpeg(file: string, { width, height }: { readonly width: number; readonly height: number }): void {
  if (Math.max(width, height) <= LONGEST_JPEG_SIDE) return;
  const sentence = `"${file}" has ${width}x${height} pixels, and a JPEG with a side longer than ${LONGEST_JPEG_SIDE} is not read.`;
  throw new GstIplError('bad-caps', sentence, { hint: 'Make it a PNG.' });
}
