// What the steps of tiles are made of (../../align/tile-steps.ts): sums over the pixels of a tile that are known in both textures.

/** Of a tile: count, sum of x, sum of y (from its left top pixel), then xx, xy, yy, rx, ry, wx, wy, rr, rw, ww. */
const SUMS: usize = 13;

/** Bytes 0 or 1 of four pixels. */
// @ts-ignore: decorator
@inline
function four(at: usize): v128 {
  return v128.load32_zero(at);
}

// @ts-ignore: decorator
@inline
function total(lanes: v128): f32 {
  return f32x4.extract_lane(lanes, 0) + f32x4.extract_lane(lanes, 1) + f32x4.extract_lane(lanes, 2) + f32x4.extract_lane(lanes, 3);
}

/**
 * `columns` x `rows` tiles of `size` x `size` pixels, a multiple of four, from pixel (1, 1) on, so that all have neighbours. Textures are
 * float32, what is known of them u8, all of `stride` pixels a row; `inner`: pixels whose neighbours are known, too. Into float32 [rows, columns, 13].
 */
export function tileSums(reference: usize, inner: usize, warped: usize, valid: usize, stride: i32, columns: i32, rows: i32, size: i32, out: usize): void {
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, out += SUMS << 2) {
      sumTile(reference, inner, warped, valid, stride, 1 + column * size, 1 + row * size, size, out);
    }
  }
}

function sumTile(reference: usize, inner: usize, warped: usize, valid: usize, stride: i32, left: i32, top: i32, size: i32, out: usize): void {
  const line = <usize>stride << 2;
  const quarter = f32x4.splat(0.25);
  let count = i32x4.splat(0);
  let sx = i32x4.splat(0);
  let sy = i32x4.splat(0);
  let xx = f32x4.splat(0);
  let xy = f32x4.splat(0);
  let yy = f32x4.splat(0);
  let rx = f32x4.splat(0);
  let ry = f32x4.splat(0);
  let wx = f32x4.splat(0);
  let wy = f32x4.splat(0);
  let rr = f32x4.splat(0);
  let rw = f32x4.splat(0);
  let ww = f32x4.splat(0);
  for (let y = 0; y < size; y++) {
    const at = <usize>((top + y) * stride + left);
    for (let x = 0; x < size; x += 4) {
      const i = at + x;
      const v = valid + i;
      const known = v128.and(
        v128.and(v128.and(four(inner + i), four(v)), v128.and(four(v - 1), four(v + 1))), v128.and(four(v - stride), four(v + stride)),
      );
      if (!v128.any_true(known)) continue;
      // 0 or -1: all bits.
      const mask = i32x4.neg(i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(known)));
      const r = reference + (i << 2);
      const w = warped + (i << 2);
      const a = v128.and(v128.load(r), mask);
      const b = v128.and(v128.load(w), mask);
      const across = f32x4.add(f32x4.sub(v128.load(r, 4), v128.load(r - 4)), f32x4.sub(v128.load(w, 4), v128.load(w - 4)));
      const down = f32x4.add(f32x4.sub(v128.load(r + line), v128.load(r - line)), f32x4.sub(v128.load(w + line), v128.load(w - line)));
      const gx = v128.and(f32x4.mul(across, quarter), mask);
      const gy = v128.and(f32x4.mul(down, quarter), mask);
      count = i32x4.sub(count, mask);
      sx = i32x4.add(sx, v128.and(i32x4.add(i32x4.splat(x), i32x4(0, 1, 2, 3)), mask));
      sy = i32x4.add(sy, v128.and(i32x4.splat(y), mask));
      xx = f32x4.add(xx, f32x4.mul(gx, gx));
      xy = f32x4.add(xy, f32x4.mul(gx, gy));
      yy = f32x4.add(yy, f32x4.mul(gy, gy));
      rx = f32x4.add(rx, f32x4.mul(gx, a));
      ry = f32x4.add(ry, f32x4.mul(gy, a));
      wx = f32x4.add(wx, f32x4.mul(gx, b));
      wy = f32x4.add(wy, f32x4.mul(gy, b));
      rr = f32x4.add(rr, f32x4.mul(a, a));
      rw = f32x4.add(rw, f32x4.mul(a, b));
      ww = f32x4.add(ww, f32x4.mul(b, b));
    }
  }
  store<f32>(out, total(f32x4.convert_i32x4_s(count)));
  store<f32>(out, total(f32x4.convert_i32x4_s(sx)), 4);
  store<f32>(out, total(f32x4.convert_i32x4_s(sy)), 8);
  store<f32>(out, total(xx), 12);
  store<f32>(out, total(xy), 16);
  store<f32>(out, total(yy), 20);
  store<f32>(out, total(rx), 24);
  store<f32>(out, total(ry), 28);
  store<f32>(out, total(wx), 32);
  store<f32>(out, total(wy), 36);
  store<f32>(out, total(rr), 40);
  store<f32>(out, total(rw), 44);
  store<f32>(out, total(ww), 48);
}
