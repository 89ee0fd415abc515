/**
 * The folder that all machines of a queue see, wherever each has it mounted. Jobs name files by their place in it, so that paths may
 * differ, and whoever can write to the queue reaches nothing outside of it.
 */
import { existsSync, lstatSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { GstIplError } from '../core/errors';
import { ON_DISK, type Depot } from '../core/files/depot';
import { linkTarget } from '../core/files/file-identity';

export class SharedFolder {
  readonly #root: string;
  /** What brings its files here, and back. */
  readonly depot: Depot;

  /** @throws GstIplError `missing-file` */
  constructor(folder: string, depot: Depot = ON_DISK) {
    this.depot = depot;
    if (!existsSync(folder) || !statSync(folder).isDirectory()) {
      throw new GstIplError('missing-file', `The shared folder "${folder}" is not there.`, { hint: 'It is the one that all machines see; is it mounted?' });
    }
    this.#root = realpathSync(folder);
  }

  /** @throws GstIplError `bad-usage` for what others do not see */
  placeOf(file: string): string {
    const place = path.relative(this.#root, realOf(file));
    if (isInside(place)) return place.split(path.sep).join('/');
    throw new GstIplError('bad-usage', `"${file}" is not in the shared folder "${this.#root}": other machines do not see it.`, { hint: 'Name a folder that holds the inputs and the outputs: --shared FOLDER' });
  }

  /** @throws GstIplError `bad-usage` for what leads out of the folder, also by links */
  fileAt(place: string): string {
    const file = path.resolve(this.#root, place);
    if (!path.isAbsolute(place) && isInside(path.relative(this.#root, file)) && isInside(path.relative(this.#root, realOf(file)))) return file;
    throw new GstIplError('bad-usage', `A job names "${place}", which leads out of the shared folder.`);
  }
}

const isInside = (place: string): boolean => place !== '' && place !== '..' && !place.startsWith(`..${path.sep}`) && !path.isAbsolute(place);

/** Also of what is not there yet: as far as there is something, links are followed. */
function realOf(file: string): string {
  const target = linkTarget(file);
  const missing: string[] = [];
  let there = target;
  while (!isThere(there) && path.dirname(there) !== there) {
    missing.unshift(path.basename(there));
    there = path.dirname(there);
  }
  return path.join(existsSync(there) ? realpathSync(there) : there, ...missing);
}

function isThere(file: string): boolean {
  try {
    lstatSync(file);
    return true;
  } catch {
    return false;
  }
}

/** @throws GstIplError what is not in the shared folder, before anything is read */
export function requireShared(shared: SharedFolder, files: readonly string[]): void {
  for (const file of files) shared.placeOf(file);
}
