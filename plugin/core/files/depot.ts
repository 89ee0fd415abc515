/**
 * Where the files of jobs are for all who do them. A shared folder has them where they are read and written; a store of
 * objects has to be asked (plugin/storage).
 */
import { existsSync, rmSync } from 'node:fs';

export interface Depot {
  /** Files that are read next: they are here then, as they are there. They stay as long as somebody uses them (`release`). */
  fetch(files: readonly string[]): Promise<void>;
  /** A file that is whole: all see it now. */
  keep(file: string): Promise<void>;
  exists(file: string): Promise<boolean>;
  /** A folder, with all that is in it. */
  remove(folder: string): Promise<void>;
  /** What was fetched or kept is not used here any more. */
  release(files: readonly string[]): void;
}

/** A disk of one's own, or one that all machines have mounted. */
export const ON_DISK: Depot = {
  fetch: () => Promise.resolve(),
  keep: () => Promise.resolve(),
  exists: (file) => Promise.resolve(existsSync(file)),
  remove: (folder) => Promise.resolve(rmSync(folder, { recursive: true, force: true })),
  release: () => undefined,
};
