/**
 * The files of a recording. Their names say what they are:
 *
 * - `2026-11-23T06-24-52.350Z.mp4`: finished and on the disk (fsync of the file, then of its folder after the rename);
 * - `2026-11-23T06-24-52.350Z.mp4.1234-5f3a9c01-88213.part`: being written by process 1234 (core/files/process-mark.ts);
 * - `2026-11-23T06-24-52.350Z.cut.mp4`: was being written when something broke; whole up to its last fragment.
 */
import { constants, existsSync } from 'node:fs';
import { access, mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { GstIplError } from '../core/errors';
import { literalName } from '../core/files/name-pattern';
import type { Nanoseconds } from '../core/time';
import { syncToDisk } from '../core/files/sync-to-disk';
import { readBoxes, finalizeFile } from './fragments';
import { isAlive, isMark, OWN_MARK } from '../core/files/process-mark';

const PART = /^(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z(?:-\d+)?)\.mp4\.(.+)\.part$/;
/** What splitmuxsink calls a file that it has just opened. */
const NEW = /^\.new-(.+)-\d+\.part$/;
export const RECORDING = /^(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3})Z(?:-\d+)?(?:\.cut)?\.mp4$/;

export interface Segment {
  readonly name: string;
  readonly bytes: number;
  /** Milliseconds since 1970, from the name. */
  readonly startedAt: number;
  /** Milliseconds since 1970, of the last change. */
  readonly changedAt: number;
}

interface OpenFile {
  readonly stem: string;
  readonly part: string;
  readonly inode: number;
  /** How much later than its pictures its sound begins. */
  readonly soundLate: Nanoseconds | undefined;
}

export class SegmentFiles {
  readonly folder: string;
  /** By the name that splitmuxsink knows. */
  readonly #open = new Map<string, OpenFile>();

  constructor(folder: string) {
    this.folder = folder;
  }

  /**
   * Makes the folder and takes over what a process that is gone left behind, or this one. To be called while nothing is open.
   * @returns names of the recordings that were cut short
   * @throws GstIplError `missing-file` when the folder cannot be written
   */
  async prepare(): Promise<string[]> {
    try {
      await mkdir(this.folder, { recursive: true });
      await access(this.folder, constants.W_OK | constants.X_OK);
    } catch (error) {
      throw new GstIplError('missing-file', `The folder "${this.folder}" cannot be made or written: ${(error as Error).message}.`, {
        hint: 'Name another folder, or change its permissions.',
        cause: error,
      });
    }
    const adopted: string[] = [];
    for (const name of await readdir(this.folder)) {
      const left = leftover(name);
      if (!left || writesNow(left.mark)) continue;
      const cut = await this.#keepWhole(path.join(this.folder, name), left.stem);
      if (cut !== undefined) adopted.push(cut);
    }
    return adopted;
  }

  /** What splitmuxsink is to write to: a printf pattern for the number of the segment. Each file is renamed at once. */
  get pattern(): string {
    const folder = literalName(path.resolve(this.folder));
    return path.join(folder, `.new-${OWN_MARK}-%05d.part`);
  }

  /** splitmuxsink has opened a file. It writes on under the new name. */
  async begin(location: string, startedAt: Date, soundLate?: Nanoseconds): Promise<void> {
    const stem = await this.#unusedStem(startedAt);
    const part = path.join(this.folder, `${stem}.mp4.${OWN_MARK}.part`);
    await rename(location, part);
    this.#open.set(location, { stem, part, inode: (await stat(part)).ino, soundLate });
  }

  /**
   * Files that are written without an error, but not there any more: somebody removed or moved them, or their folder. They are
   * none of ours from now on.
   * @returns what splitmuxsink calls them
   */
  async giveUpMissing(): Promise<string[]> {
    const missing: string[] = [];
    for (const [location, { part, inode }] of this.#open) {
      const found = await stat(part).catch(() => undefined);
      if (found?.ino !== inode) missing.push(location);
    }
    for (const location of missing) this.#open.delete(location);
    return missing;
  }

  /** splitmuxsink has closed a file: it does so, too, when the disk took no more. */
  async finish(location: string): Promise<Segment | undefined> {
    const file = this.#open.get(location);
    if (!file) return undefined;
    this.#open.delete(location);
    const { finished } = await readBoxes(file.part);
    if (!finished) {
      const cut = await this.#keepWhole(file.part, file.stem, file.soundLate);
      return cut === undefined ? undefined : this.#segment(cut);
    }
    await finalizeFile(file.part, file.soundLate);
    const name = `${file.stem}.mp4`;
    await rename(file.part, path.join(this.folder, name));
    await syncToDisk(this.folder);
    return this.#segment(name);
  }

  /** The pipeline is over; what it did not finish is kept up to its last fragment. */
  async cutOpen(): Promise<Segment[]> {
    const files = [...this.#open.values()];
    this.#open.clear();
    const names = await Promise.all(files.map(({ part, stem, soundLate }) => this.#keepWhole(part, stem, soundLate)));
    // What splitmuxsink opened a moment ago, and did not tell of.
    const unnamed = (await readdir(this.folder).catch(() => [])).filter((name) => NEW.exec(name)?.[1] === OWN_MARK);
    for (const name of unnamed) names.push(await this.#keepWhole(path.join(this.folder, name), undefined));
    return Promise.all(names.filter((name) => name !== undefined).map((name) => this.#segment(name)));
  }

  /** Brings what is written so far to the disk. */
  async sync(): Promise<void> {
    for (const { part } of this.#open.values()) await syncToDisk(part);
  }

  /** Finished files, oldest first. */
  async list(): Promise<Segment[]> {
    const names = (await readdir(this.folder)).filter((name) => RECORDING.test(name)).sort();
    const segments: Segment[] = [];
    for (const name of names) segments.push(await this.#segment(name));
    return segments;
  }

  has(name: string): boolean {
    return existsSync(path.join(this.folder, name));
  }

  async remove(name: string): Promise<void> {
    await rm(path.join(this.folder, name), { force: true });
  }

  /** Sets the time of a finished file's last change, in milliseconds since 1970, where nobody has taken it away. */
  async setTime(name: string, time: number): Promise<void> {
    const file = path.join(this.folder, name);
    if (existsSync(file)) await utimes(file, time / 1000, time / 1000);
  }

  async #segment(name: string): Promise<Segment> {
    const { size, mtimeMs } = await stat(path.join(this.folder, name));
    const [, day, time] = /^(.{10})T(.{12})/.exec(name) ?? [];
    return { name, bytes: size, startedAt: Date.parse(`${day}T${time?.replaceAll('-', ':')}Z`), changedAt: mtimeMs };
  }

  /** @returns the name that a file which was cut short goes by from now on; undefined where nothing was in it */
  async #keepWhole(file: string, stem: string | undefined, soundLate?: Nanoseconds): Promise<string | undefined> {
    const { whole } = await readBoxes(file);
    if (whole === 0) {
      await rm(file, { force: true });
      return undefined;
    }
    const name = `${stem ?? (await this.#unusedStem((await stat(file)).birthtime))}.cut.mp4`;
    await finalizeFile(file, soundLate, whole);
    await rename(file, path.join(this.folder, name));
    await syncToDisk(this.folder);
    return name;
  }

  /** A clock that was set back must not cost a file. */
  async #unusedStem(time: Date): Promise<string> {
    const stem = time.toISOString().replaceAll(':', '-');
    for (let number = 0; ; number += 1) {
      const candidate = number === 0 ? stem : `${stem}-${number}`;
      const names = [`${candidate}.mp4`, `${candidate}.cut.mp4`, `${candidate}.mp4.${OWN_MARK}.part`];
      if (!names.some((name) => existsSync(path.join(this.folder, name)))) return candidate;
    }
  }
}

/** What a process left: its mark, and the name where it had got one already. */
function leftover(name: string): { mark: string; stem?: string | undefined } | undefined {
  const [, stem, owner] = PART.exec(name) ?? [];
  const mark = owner ?? NEW.exec(name)?.[1];
  return mark !== undefined && isMark(mark) ? { mark, stem } : undefined;
}

/** This very process has nothing open when it looks for what was left. */
function writesNow(mark: string): boolean {
  return mark !== OWN_MARK && isAlive(mark);
}
