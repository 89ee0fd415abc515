/** Maps of the plane: row-major 3x3, pixels of the reference's luma plane -> pixels of an exposure's. Pixel centres are whole numbers. */

export type Homography = readonly number[];

export const IDENTITY: Homography = [1, 0, 0, 0, 1, 0, 0, 0, 1];

/** `a` after `b`, its last number 1. */
export function compose(a: Homography, b: Homography): Homography {
  const product = [0, 1, 2].flatMap((row) =>
    [0, 1, 2].map((column) => [0, 1, 2].reduce((sum, k) => sum + at(a, row * 3 + k) * at(b, k * 3 + column), 0)),
  );
  return product.map((value) => value / at(product, 8));
}

/** @throws RangeError where it folds the plane, and there is no way back */
export function invert(m: Homography): Homography {
  const [a, b, c, d, e, f, g, h, i] = m as [number, number, number, number, number, number, number, number, number];
  const adjugate = [e * i - f * h, c * h - b * i, b * f - c * e, f * g - d * i, a * i - c * g, c * d - a * f, d * h - e * g, b * g - a * h, a * e - b * d];
  if (!(Math.abs(a * at(adjugate, 0) + b * at(adjugate, 3) + c * at(adjugate, 6)) > 1e-12)) throw new RangeError('A homography must not fold the picture.');
  return adjugate.map((value) => value / at(adjugate, 8));
}

export function apply(m: Homography, x: number, y: number): [number, number] {
  const depth = at(m, 6) * x + at(m, 7) * y + at(m, 8);
  return [(at(m, 0) * x + at(m, 1) * y + at(m, 2)) / depth, (at(m, 3) * x + at(m, 4) * y + at(m, 5)) / depth];
}

/** A map of planes that are `factor` times smaller (boxes of factor x factor pixels), as one of the whole ones; or back, with 1 / factor. */
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

/** The map that takes a plane's corners, in the order of `corners`, to these places (Heckbert 1989). */
export function throughCorners(places: readonly (readonly [number, number])[], width: number, height: number): Homography {
  // Round the square: left top, right top, right bottom, left bottom.
  const [[x0, y0], [x1, y1], [x3, y3], [x2, y2]] = places as [number, number][] as [[number, number], [number, number], [number, number], [number, number]];
  const [ax, ay, bx, by] = [x1 - x2, y1 - y2, x3 - x2, y3 - y2];
  const [sx, sy] = [x0 - x1 + x2 - x3, y0 - y1 + y2 - y3];
  const area = ax * by - bx * ay;
  const [g, h] = [(sx * by - bx * sy) / area, (ax * sy - sx * ay) / area];
  const [u, v] = [1 / (width - 1), 1 / (height - 1)];
  return [(x1 - x0 + g * x1) * u, (x3 - x0 + h * x3) * v, x0, (y1 - y0 + g * y1) * u, (y3 - y0 + h * y3) * v, y0, g * u, h * v, 1];
}

const at = (m: Homography, index: number): number => m[index];
