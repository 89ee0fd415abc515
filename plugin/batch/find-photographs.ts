/** The photographs and recordings of folders, and of the folders in them. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { asGstIplError, GstIplError } from '../core/errors';
import { folderIdentity, statsOf } from '../core/files/file-identity';
import { openStill } from '../stills';
import type { Photograph } from './brackets';
import { byName } from './by-name';
import { isRecording } from './recordings';

export interface Folder {
  /** As it is reached. */
  readonly path: string;
  /** From the folder that was given on; with its own name where several were. */
  readonly place: string;
  readonly photographs: readonly Photograph[];
  /** By their names: what is in them is found when they are read. */
  readonly recordings: readonly string[];
  /** Files that look like photographs and cannot be read, and why; but for raw files beside a photograph of the same name. */
  readonly refused: readonly Refusal[];
}

export interface Refusal {
  readonly file: string;
  readonly error: GstIplError;
}

/** Files that are no photographs are passed over; of those that are called like one it is told why. */
const CALLED_LIKE_ONE = /\.(jpe?g|png|tiff?|webp|avif|heic|heif|dng|cr[23]|nef|arw|raf|orf|rw2|pef)$/i;

/** As many headers are read at once. */
const AT_ONCE = 16;

/** @param out what is written there is no input @throws GstIplError `missing-file` */
export async function findPhotographs(folders: readonly string[], out: string): Promise<Folder[]> {
  const found: Folder[] = [];
  const met = new Set([folderIdentity(out)]);
  for (const folder of folders) {
    const place = folders.length === 1 ? '' : path.basename(path.resolve(folder));
    for (const each of walk(folder, place, met)) found.push(await readFolder(each));
  }
  return found.filter(({ photographs, recordings, refused }) => photographs.length + recordings.length + refused.length > 0);
}

interface Listed {
  readonly path: string;
  readonly place: string;
  readonly files: readonly string[];
}

/** @param met folders that were walked: a link may lead back to one, and two to the same */
function* walk(folder: string, place: string, met: Set<string>): Generator<Listed> {
  const identity = folderIdentity(folder);
  if (met.has(identity)) return;
  met.add(identity);
  const names = entriesOf(folder).filter((name) => !name.startsWith('.'));
  const folders = new Set(names.filter((name) => statsOf(path.join(folder, name))?.isDirectory()));
  yield { path: folder, place, files: names.filter((name) => !folders.has(name) && isFileOrLost(path.join(folder, name))).map((name) => path.join(folder, name)) };
  for (const name of folders) yield* walk(path.join(folder, name), path.join(place, name), met);
}

/** Pipes and devices are passed over; of a link that leads nowhere it is told as of a file that cannot be read. */
const isFileOrLost = (file: string): boolean => statsOf(file)?.isFile() ?? true;

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder).sort(byName);
  } catch (error) {
    throw new GstIplError('missing-file', `The folder ${folder} cannot be read: ${(error as Error).message}.`, { cause: error });
  }
}

async function readFolder({ path: folder, place, files: all }: Listed): Promise<Folder> {
  const recordings = all.filter(isRecording);
  const files = all.filter((file) => !isRecording(file));
  const photographs: Photograph[] = [];
  const refused: Refusal[] = [];
  for (let from = 0; from < files.length; from += AT_ONCE) {
    const read = await Promise.all(files.slice(from, from + AT_ONCE).map((file) => openStill(file).catch((error: unknown) => error)));
    for (const [index, one] of read.entries()) {
      const file = files[from + index];
      if (!(one instanceof Error)) photographs.push(one as Photograph);
      else if (CALLED_LIKE_ONE.test(file)) refused.push({ file, error: asGstIplError(one, 'missing-file') });
    }
  }
  // Cameras that write RAW and JPEG give both one name.
  const stems = new Set(photographs.map(({ file }) => stemOf(file)));
  return { path: folder, place, photographs, recordings, refused: refused.filter(({ file }) => !stems.has(stemOf(file))) };
}

const stemOf = (file: string): string => path.parse(file).name;
