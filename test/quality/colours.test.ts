/** A block's brightness, gain and tint are for what exposures show differently: writing that was laid over all of them keeps its own. */
import test from 'ava';
import { fused, HEIGHT, shoot, WIDTH } from './drawn-scene';

const EVS = [-2.5, 0, 2.5];
/** BT.709, full range, of (217, 20, 30): red letters; and of a middle grey: what is beside them. */
const RED = { luma: 63, blue: 110, red: 226 };
const GREY = { luma: 128, blue: 128, red: 128 };

/** Letters of 8x40 pixels, red and grey in turns; even numbers, so that no chroma sample has two colours. */
const inSign = (x: number, y: number): boolean => x >= 320 && x < 640 && y >= 240 && y < 300;
const letter = (x: number): number => Math.floor((x - 320) / 8);
const ink = (x: number): typeof RED => (letter(x) % 4 === 0 ? RED : GREY);

function withSign(payload: Uint8Array): Uint8Array {
  const quarter = (WIDTH * HEIGHT) / 4;
  for (let y = 0; y < HEIGHT; y += 1) {
    for (let x = 0; x < WIDTH; x += 1) {
      if (!inSign(x, y)) continue;
      payload[y * WIDTH + x] = ink(x).luma;
      const at = WIDTH * HEIGHT + Math.floor(y / 2) * (WIDTH / 2) + Math.floor(x / 2);
      payload[at] = ink(x).blue;
      payload[at + quarter] = ink(x).red;
    }
  }
  return payload;
}

for (const [name, level] of [['light', 0.9], ['dark', 0.03]] as const) {
  test(`what all exposures show alike stays as it is before a ${name} wall: red writing stays red, the grey beside it grey`, async (t) => {
    const wall = (x: number, y: number): number => level * (1 + 0.2 * Math.sin(x / 9) * Math.sin(y / 13)) * (0.4 + x / WIDTH);
    const picture = await fused(EVS.map((ev) => withSign(shoot(wall, ev))));
    let [most, mostOfLuma] = [0, 0];
    for (let y = 240; y < 300; y += 2) {
      for (let x = 320; x < 640; x += 2) {
        const at = WIDTH * HEIGHT + (y / 2) * (WIDTH / 2) + x / 2;
        most = Math.max(most, Math.abs((picture[at] ?? 0) - ink(x).blue), Math.abs((picture[at + (WIDTH * HEIGHT) / 4] ?? 0) - ink(x).red));
        mostOfLuma = Math.max(mostOfLuma, Math.abs((picture[y * WIDTH + x] ?? 0) - ink(x).luma));
      }
    }
    t.log(`at most ${most} codes of chroma off, ${mostOfLuma} of luma`);
    t.true(most <= 1 && mostOfLuma <= 1, `${most} codes of chroma off, ${mostOfLuma} of luma`);
  });
}
