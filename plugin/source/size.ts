/** A source's pictures in one size, whatever the camera sends. */
import { GstIplError } from '../core/errors';
import type { Option } from '../core/options';
import { uprightLaunch } from '../gstreamer/upright';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** GStreamer's own limit on raw video is higher; nothing that makes pictures is. */
const LARGEST = 16_384;

export const sizeOption: Option<Size | undefined> = {
  summary: 'Scales every frame to this size, such as 1280x720, with borders where the aspect ratio differs.',
  syntax: 'WIDTHxHEIGHT',
  fallback: undefined,
  defaultText: 'as it comes; a camera that changes its resolution changes that of the stream',
  required: false,
  schema: { type: 'string', pattern: '^\\d+x\\d+$' },
  read(value) {
    const [, width, height] = /^(\d{1,5})x(\d{1,5})$/.exec(String(value)) ?? [];
    const size = { width: Number(width), height: Number(height) };
    const fits = (side: number): boolean => side >= 16 && side <= LARGEST;
    if (fits(size.width) && fits(size.height)) return size;
    throw new GstIplError('bad-option', `expected a size such as 1280x720, but got ${JSON.stringify(value)}.`);
  },
};

/**
 * A fragment whose pictures have one size. Scaled as they come, fields would be mixed, and what lies on its side would have
 * the size on its side.
 * @param link how it is linked on: `!`, or `:` where its pads come and go
 */
export function scaleLaunch(launch: string, size: Size | undefined, link: '!' | ':'): string {
  if (!size) return launch;
  const caps = `video/x-raw,width=(int)${size.width},height=(int)${size.height},pixel-aspect-ratio=(fraction)1/1`;
  return `${launch} ${link} videoconvert ! ${uprightLaunch(launch)} ! videoscale add-borders=true ! capsfilter caps="${caps}"`;
}
