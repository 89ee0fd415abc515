/**
 * A rig to look at: each branch in a checkerboard with the reference, as it comes beside lined up, and three places of it with all
 * pixels. Brightness is brought to the reference's, so that edges which go on across the squares are what is left to see.
 */
import type { Frame } from '../core/frames/frame';
import { enlarged, IDENTITY } from '../ipl/kernels/homography';
import type { Rig } from '../ipl/rig';
import { checkered, greyOf, likeBrightness, smaller, type Grey } from './grey';
import { richest } from './places';

/** Pixels of a whole picture on the sheet; a detail has a third, and shows half as many pixels of the picture. */
const WIDTH = 960;
const DETAILS = 3;
const MAGNIFIED = 2;
/** Squares of the checkerboard across a picture and a detail. */
const SQUARES = 12;
const DETAIL_SQUARES = 4;
const GAP = 12;
/** Rows above each picture for its title. */
export const TITLE = 44;

export interface RigPicture extends Grey {
  readonly titles: readonly { readonly text: string; readonly x: number; readonly y: number }[];
}

/** @param frames of one instant, by branch; those of all branches are there */
export function rigPicture({ reference, branches }: Rig, frames: ReadonlyMap<string, Frame>): RigPicture {
  const fixed = greyOf(frames.get(reference) as Frame);
  const factor = Math.ceil(fixed.width / WIDTH);
  const small = smaller(fixed, factor);
  const detail = Math.min(Math.floor((small.width - (DETAILS - 1) * GAP) / DETAILS), fixed.width * MAGNIFIED);
  const detailHeight = Math.min(Math.round((detail * 3) / 4), fixed.height * MAGNIFIED);
  const places = richest(fixed, DETAILS, Math.floor(detail / MAGNIFIED), Math.floor(detailHeight / MAGNIFIED));
  const row = TITLE + small.height + GAP + detailHeight + GAP;
  const names = Object.keys(branches);
  const sheet = { width: even(2 * small.width + 3 * GAP), height: even(names.length * row + GAP) };
  const picture = { ...sheet, codes: new Uint8Array(sheet.width * sheet.height).fill(32) };
  const titles = names.flatMap((name, index) => {
    const top = GAP + index * row;
    const own = likeBrightness(greyOf(frames.get(name) as Frame), fixed, branches[name]?.homography ?? IDENTITY);
    return [IDENTITY, branches[name]?.homography ?? IDENTITY].map((map, side) => {
      const left = GAP + side * (small.width + GAP);
      put(picture, checkered(small, smaller(own, factor), enlarged(map, 1 / factor), { width: small.width, height: small.height, left: 0, top: 0, zoom: 1 }, SQUARES), left, top + TITLE);
      for (const [at, place] of places.entries()) {
        const window = { ...place, width: detail, height: detailHeight, zoom: MAGNIFIED };
        put(picture, checkered(fixed, own, map, window, DETAIL_SQUARES), left + at * (detail + GAP), top + TITLE + small.height + GAP);
      }
      return { text: `${name} and ${reference}, ${side === 0 ? 'as they come' : 'lined up'}`, x: left, y: top };
    });
  });
  return { ...picture, titles };
}

function put(into: Grey, from: Grey, left: number, top: number): void {
  for (let y = 0; y < from.height; y += 1) into.codes.set(from.codes.subarray(y * from.width, (y + 1) * from.width), (top + y) * into.width + left);
}

const even = (size: number): number => size + (size & 1);
