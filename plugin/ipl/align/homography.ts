/** Maps of the plane: row-major 3x3, pixels of the reference -> pixels of an exposure. Pixel centres are whole numbers. */

export type Homography = readonly number[];

export const IDENTITY: Homography = [1, 0, 0, 0, 1, 0, 0, 0, 1];

/** `a` after `b`, its last number 1. */
export function compose(a: Homography, b: Homography): Homography {
  const product = [0, 1, 2].flatMap((row) =>
    [0, 1, 2].map((column) => [0, 1, 2].reduce((sum, k) => sum + at(a, row * 3 + k) * at(b, k * 3 + column), 0)),
  );
  return product.map((value) => value / at(product, 8));
}

export function invert(m: Homography): Homography {
  const [a, b, c, d, e, f, g, h, i] = m as [number, number, number, number, number, number, number, number, number];
  const adjugate = [e * i - f * h, c * h - b * i, b * f - c * e, f * g - d * i, a * i - c * g, c * d - a * f, d * h - e * g, b * g - a * h, a * e - b * d];
  return adjugate.map((value) => value / at(adjugate, 8));
}

export function apply(m: Homography, x: number, y: number): [number, number] {
  const depth = at(m, 6) * x + at(m, 7) * y + at(m, 8);
  return [(at(m, 0) * x + at(m, 1) * y + at(m, 2)) / depth, (at(m, 3) * x + at(m, 4) * y + at(m, 5)) / depth];
}

/** A map of planes that are `factor` times smaller (boxes of factor x factor pixels), as one of the whole ones. */
export function enlarged(m: Homography, factor: number): Homography {
  const shift = (factor - 1) / 2;
  const toWhole: Homography = [factor, 0, shift, 0, factor, shift, 0, 0, 1];
  return compose(compose(toWhole, m), invert(toWhole));
}

/** A turn about the middle of a plane and a shift, in pixels. */
export function turnAndShift(radians: number, dx: number, dy: number, width: number, height: number): Homography {
  const [cos, sin, cx, cy] = [Math.cos(radians), Math.sin(radians), (width - 1) / 2, (height - 1) / 2];
  return [cos, -sin, cx - cos * cx + sin * cy + dx, sin, cos, cy - sin * cx - cos * cy + dy, 0, 0, 1];
}

export const corners = (width: number, height: number): [number, number][] => [[0, 0], [width - 1, 0], [0, height - 1], [width - 1, height - 1]];

/** How far apart two maps are at a plane's corners at most, in pixels. */
export function distance(a: Homography, b: Homography, width: number, height: number): number {
  const apart = corners(width, height).map(([x, y]) => {
    const [[ax, ay], [bx, by]] = [apply(a, x, y), apply(b, x, y)];
    return Math.hypot(ax - bx, ay - by);
  });
  return Math.max(...apart);
}

const at = (m: Homography, index: number): number => m[index];
