/** Homographies for the tests of the warp. */

/** Turned about the middle, scaled and moved. */
export function turned(width: number, height: number, degrees: number, scale: number, x: number, y: number): number[] {
  const [cos, sin] = [scale * Math.cos((degrees * Math.PI) / 180), scale * Math.sin((degrees * Math.PI) / 180)];
  const [cx, cy] = [(width - 1) / 2, (height - 1) / 2];
  return [cos, -sin, cx + x - cos * cx + sin * cy, sin, cos, cy + y - sin * cx - cos * cy, 0, 0, 1];
}
