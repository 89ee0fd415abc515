/** Which recordings of a folder belong together: three of one scene, or one whose exposures alternate. */
import { closeSync, openSync, readSync } from 'node:fs';
import path from 'node:path';
import { byName } from './by-name';

export interface RecordingSets {
  /** Three each, or one. */
  readonly sets: readonly (readonly string[])[];
  readonly single: readonly string[];
}

/** Containers that cameras write. */
const CALLED_LIKE_ONE = /\.(mp4|m4v|mov|mkv|webm|avi|mts|m2ts)$/i;

export const isRecording = (file: string): boolean => CALLED_LIKE_ONE.test(file) || (/\.ts$/i.test(file) && isTransportStream(file));

/** Bytes of a packet, and what each begins with (ISO/IEC 13818-1, 2.4.3): programs in TypeScript have the same ending. */
const [PACKET, SYNC] = [188, 0x47];

function isTransportStream(file: string): boolean {
  const begin = Buffer.alloc(PACKET + 1);
  try {
    const handle = openSync(file, 'r');
    try {
      return readSync(handle, begin) > PACKET && begin[0] === SYNC && begin[PACKET] === SYNC;
    } finally {
      closeSync(handle);
    }
  } catch {
    return false; // What cannot be read is told where it is named as a photograph is.
  }
}

/** What names call the exposures, dark to bright. */
const EXPOSURES = [/(?<![a-z])(under|dark|low)(?![a-z])/i, /(?<![a-z])(mid|middle|normal)(?![a-z])/i, /(?<![a-z])(over|bright|high)(?![a-z])/i];

/** Each scene's recordings: a graph takes so many. */
const TOGETHER = 3;

/** `night-under.mp4`, `night-mid.mp4` and `night-over.mp4`: names that are the same but for the exposure. */
export function setsByExposure(files: readonly string[]): RecordingSets {
  const exposureOf = (file: string): number => EXPOSURES.findIndex((pattern) => pattern.test(path.basename(file)));
  const ordered = [...files].sort((a, b) => exposureOf(a) - exposureOf(b));
  const found = divide(ordered, (file) => path.basename(file).replace(EXPOSURES[exposureOf(file)] ?? /$^/, '*'));
  const sets = found.sets.filter((set) => set.every((file, index) => exposureOf(file) === index));
  return { sets, single: files.filter((file) => !sets.some((set) => set.includes(file))) };
}

/** Those of whose names the pattern's groups hold the same. */
export function setsByPattern(files: readonly string[], pattern: RegExp): RecordingSets {
  return divide([...files].sort(byName), (file) => pattern.exec(path.basename(file))?.slice(1).join('\0'));
}

/** So many in a row, by name. */
export function setsInRow(files: readonly string[], count: number): RecordingSets {
  const ordered = [...files].sort(byName);
  return divide(ordered, (file) => String(Math.floor(ordered.indexOf(file) / count)));
}

/** Each on its own. */
export function alternatingSets(files: readonly string[]): RecordingSets {
  return { sets: files.map((file) => [file]), single: [] };
}

/** @param keyOf undefined for what belongs to none */
function divide(files: readonly string[], keyOf: (file: string) => string | undefined): RecordingSets {
  const groups = new Map<string | undefined, string[]>();
  for (const file of files) groups.set(keyOf(file), [...(groups.get(keyOf(file)) ?? []), file]);
  const isSet = ([key, { length }]: [string | undefined, readonly string[]]): boolean => key !== undefined && length === TOGETHER;
  const all = [...groups];
  return { sets: all.filter(isSet).map(([, group]) => group), single: all.filter((one) => !isSet(one)).flatMap(([, group]) => group) };
}
