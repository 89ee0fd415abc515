/** A fused picture, as whoever writes it sees it: in memory, or in a file of pixels. */
import type { Pixels } from '../ipl/kernels';
import type { Size } from './crop';

export interface FusedPicture extends Size {
  /** Red, green, blue; 16 bits a sample for a format that takes them. */
  readonly pixels: Uint8Array | Uint16Array;
  /** Resolves when these rows of the pixels are what they are to be; undefined: they are. */
  readonly ready?: ((from: number, to: number) => Promise<void>) | undefined;
}

/** plugin/stills/large/pixel-file.ts */
export interface FusedFile extends Size {
  readonly path: string;
  readonly sample: 1 | 2;
  rows(from: number, to: number): Pixels;
  /** Makes of it what decoders read. */
  seal(): void;
}

export type Picture = FusedPicture | FusedFile;

export const isFile = (picture: Picture): picture is FusedFile => 'seal' in picture;

/** When they are there. */
export async function rowsOf(picture: Picture, from: number, to: number): Promise<Pixels> {
  if (isFile(picture)) return picture.rows(from, to);
  await picture.ready?.(from, to);
  return picture.pixels.subarray(3 * picture.width * from, 3 * picture.width * to);
}
