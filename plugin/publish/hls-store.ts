/** The files of an HLS folder: what players fetch is there whole, or not at all. */
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';

export class HlsStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @returns whether it was not there */
  async make(): Promise<boolean> {
    return (await mkdir(this.#folder, { recursive: true })) !== undefined;
  }

  placeOf(name: string): string {
    return path.join(this.#folder, name);
  }

  names(): Promise<string[]> {
    return readdir(this.#folder);
  }

  has(name: string): Promise<boolean> {
    return hasContent(this.placeOf(name));
  }

  /** In one step, so that no player reads half a playlist; and on the disk, because the next run goes on from it. */
  async put(name: string, text: string): Promise<void> {
    const file = this.placeOf(name);
    const handle = await open(`${file}.new`, 'w');
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(`${file}.new`, file);
  }

  async remove(name: string): Promise<void> {
    await rm(this.placeOf(name), { force: true });
  }
}

export async function hasContent(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  return (found?.size ?? 0) > 0;
}
