/** Textures, and sums over tiles, as the plain way makes them. */
import test from 'ava';
import { TextureKernels } from '../../../plugin/ipl/kernels';
import { buildKernels } from '../../../plugin/ipl/kernels/build';
import { apply, type Homography } from '../../../plugin/ipl/kernels/homography';
import { SUMS, type Texture } from '../../../plugin/ipl/kernels/texture-kernels';
import { random } from './cases';
import { turned } from './warp/motions';

type Level = { readonly width: number; readonly height: number; readonly luma: Float32Array; readonly valid: Uint8Array };

test.before(async () => {
  await buildKernels();
});

function plainly({ width, value: r, inner }: Texture, { value: w, valid }: Texture, size: number, left: number, top: number): number[] {
  const sums = new Array<number>(SUMS).fill(0);
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      const i = (top + y) * width + left + x;
      if (![inner[i], valid[i], valid[i - 1], valid[i + 1], valid[i - width], valid[i + width]].every((known) => known === 1)) continue;
      const [gx, gy] = [(r[i + 1] - r[i - 1] + w[i + 1] - w[i - 1]) / 4, (r[i + width] - r[i - width] + w[i + width] - w[i - width]) / 4];
      [1, x, y, gx * gx, gx * gy, gy * gy, gx * r[i], gy * r[i], gx * w[i], gy * w[i], r[i] * r[i], r[i] * w[i], w[i] * w[i]].forEach((value, at) => (sums[at] += value));
    }
  }
  return sums;
}

test('tiles of both sizes, odd widths, and places where nothing is known', async (t) => {
  const kernels = await TextureKernels.load();
  const next = random(4);
  for (const [width, height, size] of [[67, 35, 8], [131, 50, 16], [18, 18, 16], [10, 10, 8]] as const) {
    const texture = (known: number): Texture => {
      const flags = (): Uint8Array => Uint8Array.from({ length: width * height }, () => (next() < known ? 1 : 0));
      return { width, height, value: Float32Array.from({ length: width * height }, () => 4 * next() - 2), valid: flags(), inner: flags() };
    };
    // What is unknown may be anything.
    const [reference, warped] = [texture(0.9), texture(0.9)];
    const [columns, rows] = [Math.floor((width - 2) / size), Math.floor((height - 2) / size)];
    const sums = kernels.sum(reference, warped, size, columns, rows);
    for (let row = 0; row < rows; row += 1) {
      for (let column = 0; column < columns; column += 1) {
        const from = (row * columns + column) * SUMS;
        const expected = plainly(reference, warped, size, 1 + column * size, 1 + row * size);
        for (const [at, value] of expected.entries()) t.true(Math.abs(value - sums[from + at]) < 1e-3 * (1 + Math.abs(value)), `${width}x${height}, tile ${column},${row}, sum ${at}`);
      }
    }
  }
});

/** A texture seen through a homography, pixel by pixel. */
function plainlyThrough({ width, height, value, valid }: Texture, map: Homography): { value: number[]; valid: number[]; near: boolean[] } {
  const out = { value: [] as number[], valid: [] as number[], near: [] as boolean[] };
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const [sx, sy] = apply(map, x, y);
      const [left, top] = [Math.floor(sx), Math.floor(sy)];
      const inside = sx >= 0 && sy >= 0 && sx < width - 1 && sy < height - 1;
      const at = [0, 1, width, width + 1].map((away) => top * width + left + away);
      const known = inside && at.every((i) => valid[i] === 1);
      const [a, b, c, d] = at.map((i) => value[i] ?? 0) as [number, number, number, number];
      const [fx, fy] = [sx - left, sy - top];
      out.value.push(known ? (a * (1 - fx) + b * fx) * (1 - fy) + (c * (1 - fx) + d * fx) * fy : 0);
      out.valid.push(known ? 1 : 0);
      // Where float32 may have it on the other side of a pixel, or of the border.
      out.near.push([sx, sy].some((one) => Math.abs(one - Math.round(one)) < 1e-3));
    }
  }
  return out;
}

test('a texture through a homography, and the tiles of one', async (t) => {
  const kernels = await TextureKernels.load();
  const next = random(6);
  for (const [width, height] of [[67, 35], [131, 50], [18, 18], [256, 144], [5, 4], [1, 1]] as const) {
    const texture: Texture = {
      width, height, value: Float32Array.from({ length: width * height }, () => 4 * next() - 2),
      valid: Uint8Array.from({ length: width * height }, () => (next() < 0.95 ? 1 : 0)), inner: Uint8Array.from({ length: width * height }, () => 1),
    };
    for (const map of [turned(width, height, 0, 1, 2.3, -1.7), turned(width, height, 3, 1.02, -4.4, 0.6), [1, 0.01, 1.5, -0.02, 1, 2.2, 1e-5, -2e-5, 1], turned(width, height, 0, 1, -2 * width, 0)]) {
      const [expected, actual] = [plainlyThrough(texture, map), kernels.warp(texture, map)];
      for (const [at, near] of expected.near.entries()) {
        if (near) continue;
        t.is(actual.valid[at], expected.valid[at], `${width}x${height} ${map[2]}: ${at}`);
        t.true(Math.abs(actual.value[at] - expected.value[at]) < 2e-3, `${width}x${height} ${map[2]}: ${at}`);
      }
      const [columns, rows] = [Math.floor((width - 2) / 8), Math.floor((height - 2) / 8)];
      if (columns < 1 || rows < 1) continue;
      const through = kernels.sum(texture, texture, 8, columns, rows, map).slice();
      t.deepEqual(through, kernels.sum(texture, actual, 8, columns, rows).slice());
    }
  }
});

// What each pixel becomes, pixel by pixel.

const RADIUS = 4;
/** Pixels beside one that says something: as far as a window reaches, so that it sees both sides of an edge. */
const REACH = RADIUS;
const WINDOW = (2 * RADIUS + 1) ** 2;
/** Pixels of a window that must say something. */
const ENOUGH = WINDOW / 2;

function plainTexture({ width, height, luma, valid: told }: Level, noise: number): Texture {
  const valid = widened(told, width);
  const [value, known] = [new Float32Array(width * height), new Uint8Array(width * height)];
  // Sums of the rows around y in each column; a border of RADIUS columns on both sides stays empty.
  const [counts, sums, squares] = [0, 1, 2].map(() => new Float64Array(width + 2 * RADIUS + 1)) as [Float64Array, Float64Array, Float64Array];
  const addRow = (y: number, sign: number): void => {
    if (y < 0 || y >= height) return;
    for (let x = 0, at = y * width; x < width; x += 1, at += 1) {
      if (valid[at] === 0) continue;
      const code = luma[at];
      counts[x + RADIUS] += sign;
      sums[x + RADIUS] += sign * code;
      squares[x + RADIUS] += sign * code * code;
    }
  };
  for (let y = 0; y < RADIUS; y += 1) addRow(y, 1);
  for (let y = 0; y < height; y += 1) {
    addRow(y + RADIUS, 1);
    addRow(y - RADIUS - 1, -1);
    let [count, sum, square] = [0, 0, 0];
    for (let x = 0; x < 2 * RADIUS; x += 1) {
      count += counts[x];
      sum += sums[x];
      square += squares[x];
    }
    for (let x = 0, at = y * width; x < width; x += 1, at += 1) {
      count += counts[x + 2 * RADIUS];
      sum += sums[x + 2 * RADIUS];
      square += squares[x + 2 * RADIUS];
      if (valid[at] === 1 && count >= ENOUGH) {
        const mean = sum / count;
        value[at] = (luma[at] - mean) / (Math.sqrt(Math.max(0, square / count - mean * mean)) + noise);
        known[at] = 1;
      }
      count -= counts[x];
      sum -= sums[x];
      square -= squares[x];
    }
  }
  return { width, height, value, valid: known, inner: innerOf(known, width, height) };
}

function innerOf(valid: Uint8Array, width: number, height: number): Uint8Array {
  const inner = new Uint8Array(valid.length);
  for (let y = 1; y < height - 1; y += 1) {
    for (let x = 1, i = y * width + 1; x < width - 1; x += 1, i += 1) {
      inner[i] = valid[i] & valid[i - 1] & valid[i + 1] & valid[i - width] & valid[i + width];
    }
  }
  return inner;
}

/** Pixels beside valid ones, too: the edge of something against a clipped sky is an edge in every exposure. What is clipped all over has no texture. */
function widened(valid: Uint8Array, width: number): Uint8Array {
  const height = valid.length / width;
  const across = new Uint8Array(valid.length);
  for (let y = 0; y < height; y += 1) {
    const row = y * width;
    let near = 0;
    for (let x = -REACH; x < width; x += 1) {
      if (x + REACH < width) near += valid[row + x + REACH];
      if (x - REACH > 0) near -= valid[row + x - REACH - 1];
      if (x >= 0) across[row + x] = near > 0 ? 1 : 0;
    }
  }
  const wide = new Uint8Array(valid.length);
  const near = new Uint8Array(width);
  for (let y = -REACH; y < height; y += 1) {
    const [enters, leaves, row] = [(y + REACH) * width, (y - REACH - 1) * width, y * width];
    for (let x = 0; x < width; x += 1) {
      if (y + REACH < height) near[x] += across[enters + x];
      if (y - REACH > 0) near[x] -= across[leaves + x];
      if (y >= 0) wide[row + x] = near[x] > 0 ? 1 : 0;
    }
  }
  return wide;
}

test('textures of all sizes, with places that say nothing', async (t) => {
  const kernels = await TextureKernels.load();
  const next = random(9);
  for (const [width, height] of [[67, 45], [128, 72], [33, 9], [9, 33], [5, 4], [3, 2], [1, 1], [300, 17], [0, 0]] as const) {
    for (const known of [0.02, 0.5, 1]) {
      const luma = Float32Array.from({ length: width * height }, (_, i) => 128 + 60 * Math.sin((i % Math.max(1, width)) / 5) + 50 * next());
      const valid = Uint8Array.from({ length: width * height }, () => (next() < known ? 1 : 0));
      const [expected, actual] = [plainTexture({ width, height, luma, valid }, 0.7), kernels.normalise({ width, height, luma, valid }, 0.7)];
      t.deepEqual(actual.valid, expected.valid, `${width}x${height}, ${known}`);
      t.deepEqual(actual.inner, expected.inner, `${width}x${height}, ${known}`);
      t.true(actual.value.every((value, at) => Math.abs(value - expected.value[at]) < 2e-3), `${width}x${height}, ${known}`);
    }
  }
});
