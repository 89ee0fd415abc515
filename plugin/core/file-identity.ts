/** Which file a path leads to: links, `./` and hard links are the same file. */
import { lstatSync, readlinkSync, realpathSync, statSync, type Stats } from 'node:fs';
import path from 'node:path';

/** As many links in a row as Linux follows. */
const MOST_LINKS = 40;

/** The path that symbolic links end at, also where there is nothing yet. */
export function linkTarget(file: string): string {
  let target = path.resolve(file);
  for (let links = 0; links < MOST_LINKS; links += 1) {
    const folder = realFolder(path.dirname(target));
    target = path.join(folder, path.basename(target));
    if (!statOrNothing(target, lstatSync)?.isSymbolicLink()) return target;
    target = path.resolve(folder, readlinkSync(target));
  }
  return target;
}

/**
 * Equal for two paths that lead to one file. What is there counts by device and inode, what is not there yet by its folder
 * and its name.
 * @returns undefined for what is no regular file: two may write to one terminal, pipe or device
 */
export function fileIdentity(file: string): string | undefined {
  const found = statsOf(file);
  if (found) return found.isFile() ? `${found.dev}:${found.ino}` : undefined;
  const target = linkTarget(file);
  return path.join(folderIdentity(path.dirname(target)), path.basename(target));
}

/** The same for folders. */
export function folderIdentity(folder: string): string {
  const found = statsOf(folder);
  return found ? `${found.dev}:${found.ino}` : path.resolve(folder);
}

/** Of what the links end at; undefined where nothing is there. */
export function statsOf(file: string): Stats | undefined {
  return statOrNothing(file, statSync);
}

function statOrNothing(file: string, how: (file: string) => Stats): Stats | undefined {
  try {
    return how(file);
  } catch {
    return undefined;
  }
}

function realFolder(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder;
  }
}
