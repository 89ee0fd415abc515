/** What has moved away leaves nothing behind: time does not show. */
import test from 'ava';
import { planeLayout } from '../../../plugin/core/frames/video-layout';
import { FusionEngine } from '../../../plugin/ipl/engine/fusion-engine';
import { FusionKernels } from '../../../plugin/ipl/kernels';
import { DEFAULT_MODEL, loadModel } from '../../../plugin/ipl/network/model';

const LAYOUT = planeLayout('I420', 640, 360);
const [WIDTH, HEIGHT] = [640, 360];
/** Pixels: a picture of this height has blocks of eight. */
const BLOCK = 8;
const RADIUS = 5;
const FRAMES = 60;

/** Codes of luma, dark to bright: of a black ground, as graphs/live-preview.yaml makes it, and of a grey one. */
const GROUNDS = {
  black: { ground: [16, 16, 92], ball: [159, 235, 235] },
  grey: { ground: [57, 93, 160], ball: [127, 225, 235] },
};

const model = loadModel(DEFAULT_MODEL);

/** The ball goes from left to right in all frames together, so that after three it is more than three blocks further. */
function centre(frame: number): { x: number; y: number } {
  return { x: 10 + frame * 10.5, y: 120 + frame * 2.3 };
}

function paint(ground: number, ball: number, frame?: number): Uint8Array {
  const payload = new Uint8Array(LAYOUT.size).fill(128).fill(ground, 0, WIDTH * HEIGHT);
  if (frame === undefined) return payload;
  const { x, y } = centre(frame);
  for (let row = Math.floor(y - RADIUS); row <= y + RADIUS + 1; row += 1) {
    for (let column = Math.max(0, Math.floor(x - RADIUS)); column <= x + RADIUS + 1; column += 1) {
      const share = Math.min(1, Math.max(0, RADIUS + 0.5 - Math.hypot(column - x, row - y)));
      payload[row * WIDTH + column] = Math.round(ground + share * (ball - ground));
    }
  }
  return payload;
}

for (const [name, { ground, ball }] of Object.entries(GROUNDS)) {
  for (const sliceBands of [1, 4]) {
    test(`a bright ball over a ${name} ground, slices of ${sliceBands}: no tail, no halo beyond three blocks`, async (t) => {
      const engine = new FusionEngine(await model, await FusionKernels.load(), { sliceBands });
      const fuse = async (frame?: number): Promise<Uint8Array> => {
        const payloads = ground.map((code, exposure) => paint(code, ball[exposure] ?? code, frame));
        await engine.fuse({ payloads, layout: LAYOUT, range: 'limited', reference: 1 });
        return payloads[1] ?? new Uint8Array();
      };
      const still = await fuse();
      for (let frame = 0; frame < FRAMES; frame += 1) {
        const fused = await fuse(frame);
        const seen = farthestOff(fused, still, frame);
        t.true(seen.far <= 1, `frame ${frame}: ${seen.far} codes off more than three blocks away`);
        t.true(seen.left <= 1, `frame ${frame}: ${seen.left} codes off where it was three frames ago`);
        // The ball itself is there, or nothing would be shown.
        const { x, y } = centre(frame);
        t.true((fused[Math.round(y) * WIDTH + Math.round(x)] ?? 0) > 150, `frame ${frame}: the ball is there`);
      }
    });
  }
}

/** The largest difference from the still ground: far from the ball, and where it was three frames ago. */
function farthestOff(fused: Uint8Array, still: Uint8Array, frame: number): { far: number; left: number } {
  const [now, then] = [centre(frame), centre(frame - 3)];
  let [far, left] = [0, 0];
  for (let row = 0; row < HEIGHT; row += 1) {
    for (let column = 0; column < WIDTH; column += 1) {
      const off = Math.abs((fused[row * WIDTH + column] ?? 0) - (still[row * WIDTH + column] ?? 0));
      if (off <= 1) continue;
      if (Math.hypot(column - now.x, row - now.y) - RADIUS > 3 * BLOCK) far = Math.max(far, off);
      if (Math.hypot(column - then.x, row - then.y) < RADIUS) left = Math.max(left, off);
    }
  }
  return { far, left };
}
