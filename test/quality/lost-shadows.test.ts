/**
 * What is nearly black in the reference, and a brighter exposure shows, comes back with contrast, not as a grey veil: a drawn cave's wall beside a
 * sunlit ground. Nothing moves; the reference is noisy in its darks, as cameras are.
 */
import test from 'ava';
import { codesWhere, fusedLuma, mean, shoot, WIDTH, type Radiance } from './drawn-scene';

const EDGE = 560;
const texture = (x: number, y: number): number => 1 + 0.5 * Math.sin(x / 5) * Math.sin(y / 4);
const scene = (wall: number): Radiance => (x, y) => (x < EDGE ? wall : 0.25) * texture(x, y);
const inWall = (x: number): boolean => x > 64 && x < EDGE - 96;

/** Two codes up or down, by place. */
function noisy(payload: Uint8Array): Uint8Array {
  let state = 1;
  for (let at = 0; at < (payload.length * 2) / 3; at += 1) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    if (at % WIDTH < EDGE) payload[at] = Math.max(0, (payload[at] ?? 0) + ((state >>> 16) % 5) - 2);
  }
  return payload;
}

/** Of the wall: how much of the bright exposure's contrast the fused picture has (the slope of a line through both), its mean, that of the bright one. */
async function wallOf(radiance: number): Promise<{ contrast: number; luma: number; bright: number }> {
  const [dark, middle, bright] = [-3, 0, 3.5].map((ev) => shoot(scene(radiance), ev)) as [Uint8Array, Uint8Array, Uint8Array];
  const fused = codesWhere(await fusedLuma([dark, noisy(middle), bright]), inWall);
  const shown = codesWhere(bright, inWall);
  const [luma, level] = [mean(fused), mean(shown)];
  const covariance = mean(fused.map((code, index) => (code - luma) * ((shown[index] ?? 0) - level)));
  return { contrast: covariance / mean(shown.map((code) => (code - level) ** 2)), luma, bright: level };
}

// With the network's own weights 56, 41 and 40 %.
for (const [radiance, least] of [[0.0004, 0.6], [0.0008, 0.44], [0.0016, 0.44]] as const) {
  test(`a wall of ${radiance} of the reference's white`, async (t) => {
    const { contrast, luma, bright } = await wallOf(radiance);
    t.log(`${(100 * contrast).toFixed(0)} % of the contrast, luma ${luma.toFixed(1)}, in the bright exposure ${bright.toFixed(1)}`);
    t.true(contrast > least);
    // As bright as the network's own weights make it: 32.5, 38.4, 40.5.
    t.true(luma > 32 && luma < 42);
  });
}
