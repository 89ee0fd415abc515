/** A contact sheet: pictures side by side with their names, as PNG. */
import { firstValueFrom, forkJoin, lastValueFrom, of, skip, take } from 'rxjs';
import type { Frame } from '../core/frame';
import { parseVideoCaps } from '../core/video-caps';
import { planeLayout } from '../core/video-layout';
import { launch } from '../gstreamer/launch/launch';
import { stillLaunch } from '../gstreamer/still';
import { sink } from '../sink/stream';
import { sources } from '../source/stream';

export interface SheetPicture {
  readonly title: string;
  /** A picture or video file. */
  readonly file: string;
}

/** Pixels of one picture on the sheet; even. */
const WIDTH = 960;

export interface SheetOptions {
  /** Which frame of each file; 0 for stills. */
  readonly frame: number;
  /** Height of a picture divided by its width. */
  readonly aspect: number;
}

/**
 * Writes the sheet, two pictures a row.
 * @throws GstIplError when a file cannot be read or the sheet cannot be written
 */
export async function writeContactSheet(pictures: readonly SheetPicture[], out: string, options: SheetOptions): Promise<void> {
  const height = Math.round((WIDTH * options.aspect) / 2) * 2;
  const launches = pictures.map(({ title, file }, index) => [`picture${index}`, pictureLaunch(file, title, height)]);
  const streams = sources(Object.fromEntries(launches) as Record<string, string>);
  const frames = await firstValueFrom(forkJoin(Object.values(streams).map((stream) => stream.pipe(skip(options.frame), take(1)))));
  const sheet = tile(frames, 2);
  await lastValueFrom(of(sheet).pipe(sink(launch`video/x-raw,format=RGB ! pngenc snapshot=true ! filesink location=${out}`)));
}

function pictureLaunch(file: string, title: string, height: number): string {
  const label = 'font-desc="Sans Bold 20" halignment=left valignment=top shaded-background=true';
  return (
    (stillLaunch(file) ?? launch`filesrc location=${file} ! decodebin`) +
    ' ! videoconvert ! videoscale method=lanczos add-borders=true ! ' +
    `video/x-raw,format=I420,width=${WIDTH},height=${height},pixel-aspect-ratio=1/1 ! ` +
    launch`textoverlay text=${title} ` +
    `${label} ! videoconvert ! video/x-raw,format=I420,colorimetry=bt709`
  );
}

/** Pictures of one size and format (I420, even sizes) next to each other. */
function tile(frames: readonly Frame[], columns: number): Frame {
  const [first] = frames;
  if (!first) throw new RangeError('A contact sheet needs at least one picture.');
  const { width, height } = first.caps;
  const rows = Math.ceil(frames.length / columns);
  const layout = planeLayout('I420', width * columns, height * rows);
  const payload = new Uint8Array(layout.size).fill(16, 0, layout.planes[1]?.offset).fill(128, layout.planes[1]?.offset);
  for (const [index, frame] of frames.entries()) {
    const column = index % columns;
    const row = Math.floor(index / columns);
    for (const [number, plane] of layout.planes.entries()) {
      const from = frame.caps.layout.planes[number];
      if (!from) continue;
      for (let y = 0; y < from.height; y += 1) {
        const start = from.offset + y * from.stride;
        const target = plane.offset + (row * from.height + y) * plane.stride + column * from.width;
        payload.set(frame.payload.subarray(start, start + from.width), target);
      }
    }
  }
  const text =
    `video/x-raw, format=(string)I420, width=(int)${layout.width}, height=(int)${layout.height}, ` +
    'framerate=(fraction)1/1, colorimetry=(string)bt709, interlace-mode=(string)progressive';
  return { ...first, payload, caps: parseVideoCaps(text), runningTime: 0n, duration: 1_000_000_000n, shared: false };
}
