/**
 * Where a large picture's pixels are while it is fused: beside the output, which is on a disk that takes pictures; a folder for temporary files is
 * memory on many systems. Files have names as long as a decoder writes them; what a kill left of that, the next run beside it removes. The folder may be one that other machines
 * work in at the same time.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { GstIplError, messageOf } from '../../core/errors';
import { linkTarget } from '../../core/files/file-identity';
import { isLeft, isMark, OWN_MARK } from '../../core/files/process-mark';
import type { Size } from '../crop';
import { PixelFile } from './pixel-file';

/** libvips knows its own format by that ending. */
const NAME = /^\.gst-ipl-pixels-(.+)-\d+\.v$/;

const named = new Set<string>();
let made = 0;

/** For a process that ends now. */
export function removePixelFiles(): void {
  for (const file of named) rmSync(file, { force: true });
}

export class PixelFiles {
  readonly folder: string;
  readonly #open: PixelFile[] = [];

  /** @param output beside which they are; where that is no place of a folder, as a pipe, they are where the system has temporary files */
  constructor(output: string) {
    const folder = path.dirname(linkTarget(output));
    this.folder = existsSync(folder) && !/^\/(dev|proc)(\/|$)/.test(folder) ? folder : tmpdir();
    for (const name of readdirSync(this.folder)) {
      const [, mark = ''] = NAME.exec(name) ?? [];
      if (isMark(mark) && isLeft(path.join(this.folder, name), mark)) rmSync(path.join(this.folder, name), { force: true });
    }
  }

  create(size: Size, sample: 1 | 2): PixelFile {
    return this.#keep(this.#named((file) => PixelFile.create(file, size, sample)));
  }

  /** @param write writes it, in libvips' own format, and says what it is */
  async written(write: (file: string) => Promise<Size & { readonly sample: 1 | 2 }>): Promise<PixelFile> {
    const file = this.#name();
    try {
      const { sample, ...size } = await write(file);
      return this.#keep(PixelFile.open(file, size, sample));
    } catch (error) {
      throw this.explained(error);
    } finally {
      rmSync(file, { force: true });
      named.delete(file);
    }
  }

  /** What a full disk is to whoever reads it. */
  explained(error: unknown): unknown {
    if (!/ENOSPC|EDQUOT|No space left|quota exceeded/i.test(messageOf(error)) && !(error instanceof Error && /No space left/i.test(messageOf(error.cause)))) return error;
    return new GstIplError('pipeline-failed', `There is no room for the pixels of large pictures in "${this.folder}": each takes 3 bytes a pixel there while they are fused, 6 of 16 bits, and the fused one as much.`, {
      hint: 'Free some room, or write to a disk that has it.', cause: error,
    });
  }

  close(): void {
    for (const file of this.#open.splice(0)) file.close();
  }

  #named<T>(make: (file: string) => T): T {
    const file = this.#name();
    try {
      return make(file);
    } finally {
      named.delete(file);
    }
  }

  #name(): string {
    made += 1;
    const file = path.join(this.folder, `.gst-ipl-pixels-${OWN_MARK}-${made}.v`);
    named.add(file);
    return file;
  }

  #keep(file: PixelFile): PixelFile {
    this.#open.push(file);
    return file;
  }
}
