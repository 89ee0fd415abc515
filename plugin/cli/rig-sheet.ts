/** The picture of a calibrated rig, as PNG, with its titles. */
import { lastValueFrom, of } from 'rxjs';
import type { Seen } from '../calibrate/calibration';
import { rigPicture, TITLE } from '../calibrate/rig-picture';
import { parseVideoCaps } from '../core/frames/video-caps';
import { launch } from '../gstreamer/launch/launch';
import type { Rig } from '../ipl/rig';
import { sink } from '../sink/stream';

/** @throws GstIplError where it cannot be made or written */
export async function writeRigSheet(rig: Rig, { last }: Seen, out: string): Promise<void> {
  const { width, height, codes, titles } = rigPicture(rig, last);
  const caps = parseVideoCaps(`video/x-raw, format=(string)I420, width=(int)${width}, height=(int)${height}, framerate=(fraction)1/1, colorimetry=(string)1:4:7:1`);
  const { planes: [luma], size } = caps.layout;
  const payload = new Uint8Array(size).fill(128);
  for (let y = 0; y < height; y += 1) payload.set(codes.subarray(y * width, (y + 1) * width), (luma?.offset ?? 0) + y * (luma?.stride ?? width));
  const frame = { kind: 'frame' as const, payload, caps, runningTime: 0n, duration: 1_000_000_000n, shared: false, origins: [] };
  const labels = titles.map(({ text, x, y }) => `${launch`textoverlay text=${text}`} font-desc="Sans ${Math.round(TITLE * 0.36)}" auto-resize=false halignment=left valignment=top xpad=${x} ypad=${y + 8}`);
  await lastValueFrom(of(frame).pipe(sink(`${labels.join(' ! ')} ! videoconvert ! video/x-raw,format=RGB ! pngenc snapshot=true ! ${launch`filesink location=${out}`}`)));
}
