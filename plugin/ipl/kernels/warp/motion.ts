/** Where the pixels of the reference are found in an exposure. */
import type { PlaneLayout } from '../../../core/frames/video-layout';
import type { Homography } from '../homography';

export interface Motion {
  readonly homography: Homography;
  /** What is added to that, in luma pixels, at the centres of the network's blocks: float32 [mapHeight, mapWidth, 2], x first. */
  readonly field?: Float32Array | undefined;
}

/** Refuses what is no motion of pictures of this layout. @param cells of a field, where there is one */
export function checkMotion({ homography, field }: Motion, { width, height }: Pick<PlaneLayout, 'width' | 'height'>, cells: number): void {
  if (homography.length !== 9 || !homography.every(Number.isFinite)) throw new RangeError('A homography has nine numbers.');
  const [, , , , , , g = 0, i = 0, j = 0] = homography;
  // In front of the camera are all corners, or it is not a picture.
  const depths = [0, width].flatMap((x) => [0, height].map((y) => g * x + i * y + j));
  if (!depths.every((depth) => depth > 0)) throw new RangeError('A homography must not put a corner of the picture at infinity.');
  if (field && field.length !== 2 * cells) throw new RangeError(`A field has ${2 * cells} numbers here, not ${field.length}.`);
}
