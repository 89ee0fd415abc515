/** The fusion to SDR of pictures of 10 bits, as they come where HDR is made of the same. */
import test from 'ava';
import { inEightBits } from '../../plugin/ipl/eight-bits';
import type { ExposureSet, Frame } from '../../plugin/core/frames/frame';
import { parseVideoCaps } from '../../plugin/core/frames/video-caps';
import { planeLayout } from '../../plugin/core/frames/video-layout';

function frameOf(format: 'I420_10LE' | 'P010_10LE' | 'I420', width: number, height: number, code: (at: number) => number): Frame {
  const layout = planeLayout(format, width, height);
  const payload = new Uint8Array(layout.size);
  const samples = new Uint16Array(payload.buffer);
  for (let at = 0; at < samples.length; at += 1) samples[at] = code(at) << (format === 'P010_10LE' ? 6 : 0);
  const caps = parseVideoCaps(`video/x-raw, format=(string)${format}, width=(int)${width}, height=(int)${height}, framerate=(fraction)25/1, colorimetry=(string)bt709`);
  return { kind: 'frame', payload, caps, runningTime: 0n, duration: undefined, shared: true, origins: [] } as unknown as Frame;
}

const setOf = (...frames: Frame[]): ExposureSet => ({ kind: 'exposures', frames, branches: frames.map((_, index) => String(index)), origins: [] });

for (const [format, wanted] of [['I420_10LE', 'I420'], ['P010_10LE', 'NV12']] as const) {
  test(`${format} becomes ${wanted}: each sample the nearest of 8 bits, also of odd sizes`, (t) => {
    for (const [width, height] of [[64, 6], [7, 5], [2, 2]] as const) {
      const frame = frameOf(format, width, height, (at) => (at * 37) % 1024);
      const [reduced] = inEightBits(setOf(frame)).frames;
      t.is(reduced?.caps.layout.format, wanted);
      t.is(reduced?.caps.text, frame.caps.text.replace(format, wanted));
      t.is(reduced?.payload.length, planeLayout(wanted, width, height).size);
      t.false(reduced?.shared);
      const [from, to] = [frame.caps.layout, planeLayout(wanted, width, height)];
      const samples = new Uint16Array(frame.payload.buffer);
      for (const [index, plane] of to.planes.entries()) {
        const source = from.planes[index];
        for (let y = 0; y < plane.height; y += 1) {
          for (let x = 0; x < plane.width; x += 1) {
            const code = (samples[((source?.offset ?? 0) + y * (source?.stride ?? 0)) / 2 + x] ?? 0) >> (format === 'P010_10LE' ? 6 : 0);
            if (reduced?.payload[plane.offset + y * plane.stride + x] !== Math.min(255, Math.round(code / 4))) t.fail(`${index} ${x} ${y}: ${code}`);
          }
        }
      }
    }
  });
}

test('pictures of 8 bits are left as they are', (t) => {
  const set = setOf(frameOf('I420', 4, 4, () => 77));
  t.is(inEightBits(set), set);
});
