/**
 * How a finished file appears, for all that write one:
 *
 * - It is written beside its place, as `NAME.MARK-NUMBER.part` (process-mark.ts), and gets its name in one step (fsync, rename,
 *   fsync of the folder) when it is whole. So what was there before is whole until something whole takes its place, and a kill
 *   leaves the `.part` at most. The next run into the same place takes that over, as it does what a run that failed leaves.
 *   An existing file is replaced without asking, as GStreamer, enfuse and ImageMagick do: a graph runs where nobody can answer,
 *   again and again, and nothing is lost to a run that fails.
 * - Of a run that failed nothing that was there is replaced. What was written meanwhile is kept beside it, as
 *   `NAME.cut.EXTENSION`, where there is something to keep: a recording of hours, but no half picture and no empty file.
 * - A symbolic link stays; the file that it leads to is replaced. The new one gets the permissions of the old one.
 * - What is no regular file (a device, a pipe, /dev/stdout) is written as it is, and so is what cannot be written at all,
 *   so that GStreamer says why.
 */
import { chmodSync, constants, existsSync, linkSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import path from 'node:path';
import { GstIplError } from '../errors';
import { linkTarget, statsOf } from './file-identity';
import { mayAccess } from './may-access';
import { isAlive, isMark, OWN_MARK } from './process-mark';
import { syncToDisk } from './sync-to-disk';

/** Bytes of a name, on all usual file systems. */
const LONGEST_NAME = 255;

/** How the name of a file ends that is being written, and whose it is. Earlier versions wrote the number of the process alone. */
const PART = /\.(\d+(?:-[\da-f]+-\d+)?)-\d+\.part$/;

/** Files that this process has begun. */
let begun = 0;

export class OutputFile {
  /** The path as it was written. */
  readonly location: string;
  /** Where it is to be written to. */
  readonly temporary: string;
  readonly #target: string;

  private constructor(location: string, target: string, temporary?: string) {
    this.location = location;
    this.#target = target;
    if (temporary === undefined) begun += 1;
    this.temporary = temporary ?? path.join(path.dirname(target), withEnding(path.basename(target), `.${OWN_MARK}-${begun}.part`));
  }

  /**
   * @returns undefined where the path is to be written as it is
   * @throws GstIplError `missing-file` where the file can be written, but not replaced
   */
  static at(location: string): OutputFile | undefined {
    const target = linkTarget(location);
    if (isStream(location) || isStream(target)) return undefined;
    const found = statsOf(target);
    if (found ? !found.isFile() || !mayAccess(target, constants.W_OK) : !existsSync(path.dirname(target))) return undefined;
    if (mayAccess(path.dirname(target), constants.W_OK | constants.X_OK)) return new OutputFile(location, target);
    if (!found) return undefined;
    throw new GstIplError('missing-file', `"${location}" cannot be replaced: its folder takes no new file.`, {
      hint: 'A finished file takes the place of the old one. Write into another folder, and copy it.',
    });
  }

  /** What runs that are gone began in the same place, and could neither finish nor remove. */
  leftovers(): OutputFile[] {
    const { dir, base } = path.parse(this.#target);
    const gone = readdirSync(dir || '.').filter((name) => {
      const [ending, mark = ''] = PART.exec(name) ?? [];
      return ending !== undefined && isMark(mark) && !isAlive(mark) && withEnding(base, ending) === name;
    });
    return gone.map((name) => new OutputFile(this.location, this.#target, path.join(dir, name)));
  }

  get isEmpty(): boolean {
    return (statsOf(this.temporary)?.size ?? 0) === 0;
  }

  /** Something is there that a run that failed must not replace. */
  get replaces(): boolean {
    return existsSync(this.#target);
  }

  /** The file is whole: brings it to the disk and into its place. @throws GstIplError `pipeline-failed` */
  async finish(): Promise<void> {
    try {
      await syncToDisk(this.temporary);
      const old = statsOf(this.#target);
      if (old) chmodSync(this.temporary, old.mode & 0o7777);
      await rename(this.temporary, this.#target);
      await syncToDisk(path.dirname(this.#target));
    } catch (error) {
      throw new GstIplError('pipeline-failed', `"${this.location}" could not be put into its place: ${(error as Error).message}.`, {
        hint: existsSync(this.temporary) ? `The finished file is "${this.temporary}".` : undefined,
        cause: error,
      });
    }
  }

  /** What is written so far gets a name of its own. @returns that name, undefined where nothing was written */
  keepCut(): string | undefined {
    if (this.isEmpty) return this.remove();
    const { dir, name, ext } = path.parse(this.#target);
    for (let number = 0; ; number += 1) {
      const cut = path.join(dir, withEnding(name, `.cut${number === 0 ? '' : `-${number}`}${ext}`));
      if (renameUnused(this.temporary, cut)) return cut;
    }
  }

  remove(): undefined {
    rmSync(this.temporary, { force: true });
  }
}

/** Paths that stand for what is open already, whatever that is: a file that the shell opened must not be replaced, either. */
function isStream(file: string): boolean {
  return /^\/(dev\/(?!shm\/)|proc\/)/.test(path.resolve(file));
}

/** Renames, but never over another file. @returns whether it did */
function renameUnused(from: string, to: string): boolean {
  if (existsSync(to)) return false;
  try {
    linkSync(from, to);
    rmSync(from);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    renameSync(from, to); // A file system without hard links.
  }
  return true;
}

/** A name with an ending, not longer than file systems take. */
function withEnding(name: string, ending: string): string {
  const bytes = Buffer.from(name);
  const room = LONGEST_NAME - Buffer.byteLength(ending);
  if (bytes.length <= room) return name + ending;
  return bytes.subarray(0, room).toString().replace(/\uFFFD+$/, '') + ending;
}
