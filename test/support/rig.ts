/** Rigs of cameras whose motions are known: a real bracket on a tripod, and what cameras beside it would have seen. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { turnAndShift, type Homography } from '../../plugin/ipl/kernels/homography';
import type { MovingBracket, Windows } from '../ipl/moving';

export const RIG_BRANCHES = ['under', 'mid', 'over'] as const;

export const STILL: Windows = [[300, 300], [300, 300], [300, 300]];

/** Degrees, pixels, and a scale about the middle. */
export function stands({ width, height }: { readonly width: number; readonly height: number }, degrees: number, dx: number, dy: number, scale = 1): Homography {
  const turned = turnAndShift((degrees * Math.PI) / 180, dx, dy, width, height);
  const [cx, cy] = [(width - 1) / 2, (height - 1) / 2];
  const [a, b, c, d, e, f] = turned as [number, number, number, number, number, number];
  return [a * scale, b * scale, c + (1 - scale) * (a * cx + b * cy), d * scale, e * scale, f + (1 - scale) * (d * cx + e * cy), 0, 0, 1];
}

/**
 * Films of a rig, two pictures a second, as raw I420.
 * @param maps of each picture's branches
 * @returns nodes of a graph that read them
 */
export function writeFilms(folder: string, scene: MovingBracket, maps: readonly (readonly (Homography | undefined)[])[], noise = 1): string {
  const sets = maps.map((each, number) => scene.set(number, STILL, { maps: [...each], noise }));
  return RIG_BRANCHES.map((branch, exposure) => {
    const file = path.join(folder, `${branch}.yuv`);
    writeFileSync(file, Buffer.concat(sets.map(({ frames }) => frames[exposure]?.payload ?? new Uint8Array())));
    const caps = `format=i420 width=${scene.width} height=${scene.height} framerate=2/1 colorimetry=1:4:0:0`;
    return `  ${branch}: { use: source, launch: "filesrc location=${file} ! rawvideoparse ${caps}" }`;
  }).join('\n');
}
