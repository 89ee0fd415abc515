/**
 * A folder for temporary files that may be large, and that a kill leaves: whoever makes the next one removes it. Which are still somebody's
 * is told by their last change, not by who made them: containers that share a disk know nothing of each other's processes.
 */
import { mkdtempSync, readdirSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const BEGIN = 'gst-ipl-s3-';

/** Its owner says so often that it is there; one who has not for so long is gone. */
const SIGN_MS = 60_000;
const SILENT_MS = 60 * SIGN_MS;

export class OwnFolder {
  readonly path: string;
  readonly #signs: NodeJS.Timeout;

  /** @param among where it is made, and where others' are looked for @param signMs how often its owner says that it is there */
  constructor(among = tmpdir(), signMs = SIGN_MS) {
    this.path = mkdtempSync(path.join(among, BEGIN));
    this.#removeLeft(among);
    this.#signs = setInterval(() => this.#sign(), signMs).unref();
  }

  remove(): void {
    clearInterval(this.#signs);
    rmSync(this.path, { recursive: true, force: true });
  }

  #sign(): void {
    try {
      // What comes and goes in a folder changes it, by the clock of its disk, which others' signs are compared by.
      rmdirSync(mkdtempSync(path.join(this.path, 'sign-')));
    } catch {
      // Somebody has removed it: whoever needs a file of it will say so.
    }
  }

  #removeLeft(among: string): void {
    const { mtimeMs } = statSync(this.path);
    for (const name of readdirSync(among)) {
      if (!name.startsWith(BEGIN)) continue;
      const folder = path.join(among, name);
      try {
        if (mtimeMs - statSync(folder).mtimeMs > SILENT_MS) rmSync(folder, { recursive: true, force: true });
      } catch {
        // It is another user's, or somebody else was quicker.
      }
    }
  }
}
