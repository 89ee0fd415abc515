/**
 * Pixels of a picture in a file, for pictures that are not to be in memory: red, green and blue in turns, behind a head. Nobody else sees the
 * file: its name is taken off while it is open, so that it is gone with the process, whatever that ends of.
 */
import { closeSync, fstatSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import type { Pixels } from '../../ipl/kernels';
import { cropTo, type Area, type Size } from '../crop';
import { pixelTiff } from './pixel-tiff';

/** Bytes in front of the pixels: those of libvips' own format. */
export const HEAD = 64;

/** What another thread of the process needs to read it. */
export interface PixelPlace extends Size {
  readonly handle: number;
  /** Bytes of a sample. */
  readonly sample: 1 | 2;
}

export class PixelFile implements PixelPlace {
  readonly handle: number;
  readonly sample: 1 | 2;
  #size: Size;

  private constructor(handle: number, { width, height }: Size, sample: 1 | 2) {
    this.handle = handle;
    this.#size = { width, height };
    this.sample = sample;
  }

  /** An empty one. */
  static create(file: string, size: Size, sample: 1 | 2): PixelFile {
    return PixelFile.#take(file, 'wx+', size, sample);
  }

  /** One that is there. @throws RangeError where it is not all there */
  static open(file: string, size: Size, sample: 1 | 2): PixelFile {
    const own = PixelFile.#take(file, 'r+', size, sample);
    if (fstatSync(own.handle).size >= HEAD + 3 * size.width * size.height * sample) return own;
    own.close();
    throw new RangeError('its pixels are not all there');
  }

  static #take(file: string, flags: string, size: Size, sample: 1 | 2): PixelFile {
    const handle = openSync(file, flags, 0o600);
    rmSync(file);
    return new PixelFile(handle, size, sample);
  }

  get width(): number {
    return this.#size.width;
  }

  get height(): number {
    return this.#size.height;
  }

  get place(): PixelPlace {
    const { handle, width, height, sample } = this;
    return { handle, width, height, sample };
  }

  /** For a decoder that opens files. */
  get path(): string {
    return `/proc/self/fd/${this.handle}`;
  }

  rows(from: number, to: number): Pixels {
    return readRows(this, from, to);
  }

  /** Keeps a part of the picture. */
  crop(area: Area): void {
    if (area.width === this.width && area.height === this.height) return;
    const own = { ...this.place };
    // A row is never further back than it was: what is read is still what it was.
    for (let row = 0; row < area.height; row += CROPPED_ROWS) {
      const end = Math.min(row + CROPPED_ROWS, area.height);
      const rows = readRows(own, area.top + row, area.top + end);
      writeRows({ ...own, width: area.width }, row, cropTo(rows, { width: own.width, height: end - row }, { ...area, top: 0, height: end - row }));
    }
    this.#size = { width: area.width, height: area.height };
  }

  /** Makes a TIFF of it, which decoders read row by row. */
  seal(): void {
    const { head, directory, at } = pixelTiff(this, HEAD);
    writeAll(this.handle, directory, at);
    writeAll(this.handle, head, 0);
  }

  close(): void {
    closeSync(this.handle);
  }
}

const CROPPED_ROWS = 64;

/** @param into memory that is there already, and large enough */
export function readRows({ handle, width, sample }: PixelPlace, from: number, to: number, into?: ArrayBufferLike): Pixels {
  const samples = 3 * width * (to - from);
  const buffer = into ?? new ArrayBuffer(samples * sample);
  const bytes = new Uint8Array(buffer, 0, samples * sample);
  const start = HEAD + 3 * width * from * sample;
  for (let done = 0; done < bytes.length;) {
    const read = readSync(handle, bytes, done, Math.min(MOST_AT_ONCE, bytes.length - done), start + done);
    if (read === 0) throw new RangeError('A file of pixels ends too soon.');
    done += read;
  }
  return sample === 1 ? bytes : new Uint16Array(buffer, 0, samples);
}

export function writeRows({ handle, width, sample }: PixelPlace, from: number, pixels: Pixels): void {
  writeAll(handle, new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength), HEAD + 3 * width * from * sample);
}

function writeAll(handle: number, bytes: Uint8Array, at: number): void {
  for (let done = 0; done < bytes.length;) done += writeSync(handle, bytes, done, Math.min(MOST_AT_ONCE, bytes.length - done), at + done);
}

/** Of read(2) and write(2), less than 2 GB. */
const MOST_AT_ONCE = 2 ** 30;
