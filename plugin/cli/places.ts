/** Folders as commands name them: on disk, or in a store of objects (`s3://BUCKET/FOLDER`). */
import { isS3, readS3Address } from '../core/address';
import { messageOf } from '../core/errors';
import { ON_DISK, type Depot } from '../core/files/depot';
import type { S3Depot } from '../storage';
import { UsageError } from './arguments';

export class Places {
  readonly depot: Depot;
  readonly #store: S3Depot | undefined;
  /** By folder here, as it was named. */
  readonly #named = new Map<string, string>();

  private constructor(store: S3Depot | undefined) {
    this.#store = store;
    this.depot = store ?? ON_DISK;
  }

  /** @param all that a command names: where none is in a store, no client of one is loaded */
  static async of(all: readonly string[]): Promise<Places> {
    if (!all.some(isS3)) return new Places(undefined);
    const { S3Depot } = await import('../storage');
    return new Places(new S3Depot());
  }

  /** Where a folder is here. @throws UsageError */
  here(named: string): string {
    if (!this.#store || !isS3(named)) return named;
    try {
      const folder = this.#store.folderOf(readS3Address(named));
      this.#named.set(folder, named.replace(/\/+$/, ''));
      return folder;
    } catch (error) {
      throw new UsageError(`"${named}": ${messageOf(error)}`);
    }
  }

  /** The same, with all that is in it. @throws GstIplError `set-up`, UsageError */
  async fetched(named: string): Promise<string> {
    const folder = this.here(named);
    if (this.#store && isS3(named)) await this.#store.fetchAll(readS3Address(named));
    return folder;
  }

  /** What all call a file that is here: its path, or its address. */
  nameOf(file: string): string {
    const [folder = '', named = ''] = [...this.#named].find(([one]) => file === one || file.startsWith(`${one}/`)) ?? [];
    return named + file.slice(folder.length);
  }

  close(): void {
    this.#store?.close();
  }
}
