/** Stands where the fusion would: of each set goes on one tiny picture, so that what is measured is the way there. */
import { map, type Observable } from 'rxjs';
import { defineElement, deriveFrame, type ExposureSet } from '../../../plugin';
import { releaseFrame } from '../../../plugin/core/frames/release';
import { parseVideoCaps } from '../../../plugin/core/frames/video-caps';

const CAPS = parseVideoCaps('video/x-raw, format=(string)NV12, width=(int)16, height=(int)16, framerate=(fraction)60/1');

export const element = defineElement({
  kind: 'stage',
  name: 'small',
  summary: 'A tiny picture of each set.',
  input: { min: 1, max: 1, medium: 'exposures' },
  output: 'frames',
  options: {},
  example: 'fused: { use: ./small.ts, from: set }',
  create: () => ({
    connect: ([sets]) =>
      (sets as Observable<ExposureSet>).pipe(
        map(({ frames }) => {
          const [first] = frames;
          if (!first) throw new RangeError('The set is empty.');
          for (const frame of frames) releaseFrame(frame); // The fusion's worker does so.
          return deriveFrame(first, { payload: new Uint8Array(CAPS.layout.size), caps: CAPS });
        }),
      ),
  }),
});
