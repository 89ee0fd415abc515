/** A rig's motions in pictures of another size than those that it was found in. */
import { compose, invert, type Homography } from '../kernels/homography';
import type { Motion } from '../kernels/warp/motion';
import type { Rig } from './rig-file';

/**
 * By branch; the reference has none.
 * @returns undefined where the pictures have another shape, so that they are no larger or smaller ones of the same cameras
 */
export function motionsAt({ width, height, branches }: Pick<Rig, 'width' | 'height' | 'branches'>, toWidth: number, toHeight: number): ReadonlyMap<string, Motion> | undefined {
  // Sizes are rounded: 854x480 is of the shape of 1920x1080.
  if (Math.abs(toWidth - (width * toHeight) / height) > 1 && Math.abs(toHeight - (height * toWidth) / width) > 1) return undefined;
  const resize = scaling(toWidth / width, toHeight / height);
  const back = invert(resize);
  const same = width === toWidth && height === toHeight;
  return new Map(Object.entries(branches).map(([name, { homography }]) => [name, { homography: same ? homography : compose(compose(resize, homography), back) }]));
}

/** Pixels become boxes of `x` by `y` pixels. */
const scaling = (x: number, y: number): Homography => [x, 0, (x - 1) / 2, 0, y, (y - 1) / 2, 0, 0, 1];
