/** Small media, made and read by gst-launch-1.0, so that what is tested is not its own judge. */
import { createHash } from 'node:crypto';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { GDP_HEADER_BYTES, readPacket } from './gdp';
import { parseVideoCaps } from '../../plugin/core/frames/video-caps';
import { temporaryFolder } from './folder';

const run = promisify(execFile);

/** Runs a pipeline in GStreamer's own tool. The words are passed as they are, without a shell. */
export async function gstLaunch(launch: string, files: Readonly<Record<string, string>> = {}, timeout = 30_000): Promise<void> {
  const words = launch.split(/\s+/).map((word) => word.replace(/\$(\w+)/, (_, name: string) => files[name] ?? ''));
  await run('gst-launch-1.0', ['-q', ...words], { timeout });
}

export interface Recorded {
  readonly pts: bigint;
  readonly duration: bigint | undefined;
  readonly payload: Buffer;
}

/** What `... ! gdppay ! filesink` wrote. */
export function readRecording(file: string): { caps: string[]; frames: Recorded[] } {
  const bytes = readFileSync(file);
  const caps: string[] = [];
  const frames: Recorded[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + GDP_HEADER_BYTES + bytes.readUInt32BE(at + 6);
    const packet = readPacket(bytes.subarray(at, end));
    if (packet.type === 'caps') caps.push(packet.text);
    if (packet.type === 'buffer' && packet.pts !== undefined) {
      frames.push({ pts: packet.pts, duration: packet.duration, payload: Buffer.from(packet.payload) });
    }
    at = end;
  }
  return { caps, frames };
}

/**
 * A recording as two of them can be compared: padding bytes between rows hold anything, so samples alone count. The order of
 * fields in caps means nothing.
 */
export function comparable({ caps, frames }: { caps: string[]; frames: Recorded[] }): unknown {
  const { planes } = parseVideoCaps(caps[0] ?? '').layout;
  const hashOf = (payload: Buffer): string => {
    const hash = createHash('md5');
    for (const { offset, stride, width, height } of planes) {
      for (let row = 0; row < height; row += 1) hash.update(payload.subarray(offset + row * stride, offset + row * stride + width));
    }
    return hash.digest('hex');
  };
  return { caps: caps.map((text) => text.split(', ').sort()), frames: frames.map(({ pts, duration, payload }) => `${pts} +${duration} ${payload.length} bytes ${hashOf(payload)}`) };
}

/** The frames of a pipeline that ends in raw video, with their timestamps. */
export async function record(launch: string): Promise<{ caps: string[]; frames: Recorded[] }> {
  const file = path.join(temporaryFolder(), 'recording.gdp');
  await gstLaunch(`${launch} ! gdppay ! filesink location=$file`, { file });
  return readRecording(file);
}

/** How many pictures a decoder finds in a file. Throws when it is not playable. */
export async function countPictures(file: string): Promise<number> {
  const { frames } = await record(`filesrc location=${file} ! decodebin ! videoconvert ! videoscale ! video/x-raw,format=GRAY8,width=16,height=16`);
  return frames.length;
}

/** An H.264 MP4 of moving pictures, its index in front as streaming wants it. */
export async function makeMp4(file: string, frames: number, source = '', mux = 'mp4mux faststart=true'): Promise<string> {
  await gstLaunch(
    `videotestsrc num-buffers=${frames} pattern=ball ${source} ! video/x-raw,format=I420,width=64,height=48,framerate=30/1 ` +
      `! x264enc key-int-max=5 speed-preset=ultrafast tune=zerolatency ! h264parse ! ${mux} ! filesink location=$file`,
    { file },
  );
  return file;
}
