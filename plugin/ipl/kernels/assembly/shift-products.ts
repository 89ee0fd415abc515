// How alike two textures are at every shift within reach (plugin/ipl/align/coarse-search.ts).

/**
 * Writes float64 [2 reach + 1, 2 reach + 1]: the sums of a(x, y) b(x + dx, y + dy) over all pixels that both have, row by row from -reach on.
 * Both are float32 of `width` x `height`.
 */
export function shiftProducts(a: usize, b: usize, width: i32, height: i32, reach: i32, out: usize): void {
  for (let dy = -reach; dy <= reach; dy++) {
    for (let dx = -reach; dx <= reach; dx++, out += 8) {
      const left = max(0, -dx);
      const pixels = min(width, width - dx) - left;
      let sum: f64 = 0;
      for (let y = max(0, -dy), last = min(height, height - dy); y < last; y++) {
        sum += rowProduct(a + (<usize>(y * width + left) << 2), b + (<usize>((y + dy) * width + left + dx) << 2), pixels);
      }
      store<f64>(out, sum);
    }
  }
}

// @ts-ignore: decorator
@inline
function rowProduct(a: usize, b: usize, pixels: i32): f64 {
  let one = f32x4.splat(0);
  let two = f32x4.splat(0);
  let at: usize = 0;
  for (const end = <usize>(pixels & -8) << 2; at < end; at += 32) {
    one = f32x4.add(one, f32x4.mul(v128.load(a + at), v128.load(b + at)));
    two = f32x4.add(two, f32x4.mul(v128.load(a + at, 16), v128.load(b + at, 16)));
  }
  const sum = f32x4.add(one, two);
  let product = <f64>f32x4.extract_lane(sum, 0) + <f64>f32x4.extract_lane(sum, 1) + <f64>f32x4.extract_lane(sum, 2) + <f64>f32x4.extract_lane(sum, 3);
  for (const end = <usize>pixels << 2; at < end; at += 4) product += <f64>load<f32>(a + at) * <f64>load<f32>(b + at);
  return product;
}
