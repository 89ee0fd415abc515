/** The photographs and recordings of folders, and of the folders in them. */
import { readdirSync, type Dirent } from 'node:fs';
import path from 'node:path';
import { asGstIplError, GstIplError } from '../core/errors';
import { folderIdentity } from '../core/files/file-identity';
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
  for (const folder of folders) {
    const place = folders.length === 1 ? '' : path.basename(path.resolve(folder));
    for (const each of walk(folder, place, folderIdentity(out))) found.push(await readFolder(each));
  }
  return found.filter(({ photographs, recordings, refused }) => photographs.length + recordings.length + refused.length > 0);
}

interface Listed {
  readonly path: string;
  readonly place: string;
  readonly files: readonly string[];
}

function* walk(folder: string, place: string, out: string): Generator<Listed> {
  if (folderIdentity(folder) === out) return;
  const entries = entriesOf(folder).filter(({ name }) => !name.startsWith('.'));
  yield { path: folder, place, files: entries.filter((entry) => entry.isFile()).map(({ name }) => path.join(folder, name)) };
  for (const entry of entries) if (entry.isDirectory()) yield* walk(path.join(folder, entry.name), path.join(place, entry.name), out);
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => byName(a.name, b.name));
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
