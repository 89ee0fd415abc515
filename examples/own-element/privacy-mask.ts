/**
 * An element of your own: covers a rectangle of every picture with grey, as surveillance has to do with a neighbour's
 * window. A graph names it by its path: `use: ./privacy-mask.ts`.
 */
import { map, type Observable } from 'rxjs';
import { defineElement, deriveFrame, numberOption, ONE_STREAM, ownPayload, type Frame } from 'gst-ipl';

const share = (summary: string, value: number) => numberOption({ summary, default: value, min: 0, max: 1 });

export const element = defineElement({
  kind: 'stage',
  name: 'privacy-mask',
  summary: 'Covers a rectangle of every picture with grey.',
  input: ONE_STREAM,
  output: 'frames',
  options: {
    left: share('Left edge, as a share of the width.', 0),
    top: share('Top edge, as a share of the height.', 0),
    width: share('Width, as a share of the picture.', 0.25),
    height: share('Height, as a share of the picture.', 0.25),
  },
  example: 'masked: { use: ./privacy-mask.ts, from: fused, left: 0.6, top: 0.1, width: 0.2, height: 0.3 }',
  create: (area) => ({
    connect: ([frames]) => (frames as Observable<Frame>).pipe(map((frame) => cover(frame, area))),
  }),
});

interface Area {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const GREY = 128;

function cover(frame: Frame, area: Area): Frame {
  // The payload is this element's to write to, unless other nodes read the same one.
  const payload = ownPayload(frame);
  for (const plane of frame.caps.layout.planes) {
    const from = Math.floor((area.left * plane.width) / 2) * 2;
    const to = Math.min(plane.width, Math.ceil(((area.left + area.width) * plane.width) / 2) * 2);
    const last = Math.min(plane.height, Math.ceil((area.top + area.height) * plane.height));
    for (let y = Math.floor(area.top * plane.height); y < last; y += 1) {
      const row = plane.offset + y * plane.stride;
      payload.fill(GREY, row + from, row + to);
    }
  }
  return deriveFrame(frame, { payload, shared: false });
}
