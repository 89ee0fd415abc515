/** Made-up frames, for tests of what does not need GStreamer. */
import type { ExposureSet, Frame } from '../../plugin';
import { FlowControl } from '../../plugin/core/queue/flow-control';
import { parseVideoCaps } from '../../plugin/core/frames/video-caps';

export const SMALL = 'video/x-raw, format=(string)I420, width=(int)4, height=(int)2, framerate=(fraction)30/1';

export function makeFrame(milliseconds: number, change: Partial<Frame> & { capsText?: string } = {}): Frame {
  const { capsText = SMALL, ...rest } = change;
  return {
    kind: 'frame',
    payload: new Uint8Array(12),
    caps: parseVideoCaps(capsText),
    runningTime: BigInt(Math.round(milliseconds * 1e6)),
    duration: 33_333_333n,
    shared: false,
    origins: [new FlowControl()],
    ...rest,
  };
}

/** Running times of a set's frames in milliseconds. */
export function timesOf(set: ExposureSet): number[] {
  return set.frames.map(({ runningTime }) => Number(runningTime) / 1e6);
}

/** Lets promises and callbacks run. */
export function pause(milliseconds = 0): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
