// A texture seen through a homography: what an exposure shows at the reference's pixels (../texture-kernels.ts).

/**
 * `value` (float32) and `valid` (u8) of `width` x `height` pixels, through the map at `map` (nine float32, row by row), to `toValue` and
 * `toValid`, of the same size. Bilinear; a pixel is known where all four that it is made from are, and is 0 else. Up to three pixels
 * past the end are written.
 */
export function warpTexture(value: usize, valid: usize, width: i32, height: i32, map: usize, toValue: usize, toValid: usize): void {
  const lastX = f32x4.splat(<f32>(width - 1));
  const lastY = f32x4.splat(<f32>(height - 1));
  const zero = f32x4.splat(0);
  const row = <usize>width << 2;
  for (let y = 0; y < height; y++) {
    const down = <f32>y;
    const startX = f32x4.splat(load<f32>(map, 4) * down + load<f32>(map, 8));
    const startY = f32x4.splat(load<f32>(map, 16) * down + load<f32>(map, 20));
    const startDepth = f32x4.splat(load<f32>(map, 28) * down + load<f32>(map, 32));
    let at = <usize>(y * width);
    for (let x = 0; x < width; x += 4, at += 4) {
      const right = f32x4.add(f32x4.splat(<f32>x), f32x4(0, 1, 2, 3));
      const depth = f32x4.div(f32x4.splat(1), f32x4.add(f32x4.mul(v128.load32_splat(map + 24), right), startDepth));
      const sx = f32x4.mul(f32x4.add(f32x4.mul(v128.load32_splat(map), right), startX), depth);
      const sy = f32x4.mul(f32x4.add(f32x4.mul(v128.load32_splat(map + 12), right), startY), depth);
      const inside = v128.and(v128.and(f32x4.ge(sx, zero), f32x4.ge(sy, zero)), v128.and(f32x4.lt(sx, lastX), f32x4.lt(sy, lastY)));
      const lanes = i32x4.bitmask(inside);
      v128.store(toValue + (at << 2), zero);
      store<u32>(toValid + at, 0);
      if (lanes == 0) continue;
      const left = i32x4.trunc_sat_f32x4_s(sx);
      const top = i32x4.trunc_sat_f32x4_s(sy);
      const from = i32x4.add(i32x4.mul(top, i32x4.splat(width)), left);
      const shareX = f32x4.sub(sx, f32x4.convert_i32x4_s(left));
      const shareY = f32x4.sub(sy, f32x4.convert_i32x4_s(top));
      if (lanes & 1) pixel(value, valid, row, i32x4.extract_lane(from, 0), f32x4.extract_lane(shareX, 0), f32x4.extract_lane(shareY, 0), toValue, toValid, at);
      if (lanes & 2) pixel(value, valid, row, i32x4.extract_lane(from, 1), f32x4.extract_lane(shareX, 1), f32x4.extract_lane(shareY, 1), toValue, toValid, at + 1);
      if (lanes & 4) pixel(value, valid, row, i32x4.extract_lane(from, 2), f32x4.extract_lane(shareX, 2), f32x4.extract_lane(shareY, 2), toValue, toValid, at + 2);
      if (lanes & 8) pixel(value, valid, row, i32x4.extract_lane(from, 3), f32x4.extract_lane(shareX, 3), f32x4.extract_lane(shareY, 3), toValue, toValid, at + 3);
    }
  }
}

// @ts-ignore: decorator
@inline
function pixel(value: usize, valid: usize, row: usize, from: i32, shareX: f32, shareY: f32, toValue: usize, toValid: usize, to: usize): void {
  const known = valid + <usize>from;
  // Two flags a load.
  if ((load<u16>(known) & load<u16>(known + (row >> 2))) != 0x101) return;
  const at = value + (<usize>from << 2);
  const upper = load<f32>(at) + shareX * (load<f32>(at, 4) - load<f32>(at));
  const lower = load<f32>(at + row) + shareX * (load<f32>(at + row, 4) - load<f32>(at + row));
  store<f32>(toValue + (to << 2), upper + shareY * (lower - upper));
  store<u8>(toValid + to, 1);
}
