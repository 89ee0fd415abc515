/** Where the pixels of the reference are found in an exposure. */
import type { PlaneLayout } from '../../../core/frames/video-layout';

export interface Motion {
  /**
   * Row-major 3x3: takes pixels of the reference's luma plane to pixels of the exposure's, both counted from the centre of the
   * first one.
   */
  readonly homography: readonly number[];
  /** What is added to that, in luma pixels, at the centres of the network's blocks: float32 [mapHeight, mapWidth, 2], x first. */
  readonly field?: Float32Array | undefined;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export const IDENTITY: readonly number[] = [1, 0, 0, 0, 1, 0, 0, 0, 1];

export function apply(h: readonly number[], x: number, y: number): Point {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, i = 0, j = 0] = h;
  const w = g * x + i * y + j;
  return { x: (a * x + b * y + c) / w, y: (d * x + e * y + f) / w };
}

/** The map that takes a point by `first`, and the result by `then`. */
export function compose(then: readonly number[], first: readonly number[]): number[] {
  const product = (row: number, column: number): number => [0, 1, 2].reduce((sum, i) => sum + (then[3 * row + i] ?? 0) * (first[3 * i + column] ?? 0), 0);
  return Array.from({ length: 9 }, (_, at) => product(Math.floor(at / 3), at % 3));
}

/** @throws RangeError where there is none */
export function inverse(h: readonly number[]): number[] {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, i = 0, j = 0] = h;
  const adjugate = [e * j - f * i, c * i - b * j, b * f - c * e, f * g - d * j, a * j - c * g, c * d - a * f, d * i - e * g, b * g - a * i, a * e - b * d];
  const determinant = a * (adjugate[0] ?? 0) + b * (adjugate[3] ?? 0) + c * (adjugate[6] ?? 0);
  if (!(Math.abs(determinant) > 1e-12)) throw new RangeError('A homography must not fold the picture.');
  return adjugate.map((value) => value / determinant);
}

/** Refuses what is no motion of pictures of this layout. @param cells of a field, where there is one */
export function checkMotion({ homography, field }: Motion, { width, height }: PlaneLayout, cells: number): void {
  if (homography.length !== 9 || !homography.every(Number.isFinite)) throw new RangeError('A homography has nine numbers.');
  const [, , , , , , g = 0, i = 0, j = 0] = homography;
  // In front of the camera are all corners, or it is not a picture.
  const depths = [0, width].flatMap((x) => [0, height].map((y) => g * x + i * y + j));
  if (!depths.every((depth) => depth > 0)) throw new RangeError('A homography must not put a corner of the picture at infinity.');
  if (field && field.length !== 2 * cells) throw new RangeError(`A field has ${2 * cells} numbers here, not ${field.length}.`);
}
