/** What a batch has to do: brackets of photographs and sets of recordings, and where each goes. */
import path from 'node:path';
import { byName } from './by-name';
import { findBrackets, groupByNumber, groupByPattern, type Brackets } from './brackets';
import type { Folder } from './find-photographs';
import type { JobKind } from './job';
import { alternatingSets, setsByExposure, setsByPattern, setsInRow, type RecordingSets } from './recordings';

/** `auto`, as many in a row, or those of whose names a pattern's groups hold the same. */
export type Grouping = 'auto' | number | RegExp;

export interface Job {
  readonly kind: JobKind;
  readonly files: readonly string[];
  /** From the folder of the outputs on. */
  readonly output: string;
}

export interface Plan {
  readonly jobs: readonly Job[];
  /** Files that are in none. */
  readonly single: readonly string[];
}

export interface PlanSettings {
  readonly grouping: Grouping;
  /** Of fused photographs, with its dot. */
  readonly extension: string;
  /** Each recording is one whose exposures alternate. */
  readonly alternating: boolean;
}

/** The graphs write it. */
const RECORDING = '.mp4';

export function planBatch(folders: readonly Folder[], { grouping, extension, alternating }: PlanSettings): Plan {
  const taken = new Set<string>();
  const single: string[] = [];
  const jobs = folders.flatMap((folder) => {
    const photographs = group(folder, grouping);
    const recordings = alternating ? alternatingSets(folder.recordings) : groupRecordings(folder.recordings, grouping);
    single.push(...photographs.single.map(({ file }) => file), ...recordings.single);
    const job = (kind: JobKind, files: readonly string[], ending: string): Job => ({ kind, files, output: nameFor(folder, files, ending, taken) });
    return [
      ...photographs.brackets.map((pictures) => job('photographs', pictures.map(({ file }) => file), extension)),
      ...recordings.sets.map((files) => job('recording', files, RECORDING)),
    ];
  });
  return { jobs, single };
}

function group({ photographs, refused }: Folder, grouping: Grouping): Brackets {
  if (grouping === 'auto') return findBrackets(photographs);
  if (typeof grouping === 'number') return groupByNumber(photographs, grouping, refused.map(({ file }) => file));
  return groupByPattern(photographs, grouping, (file) => path.basename(file));
}

function groupRecordings(files: readonly string[], grouping: Grouping): RecordingSets {
  if (grouping === 'auto') return setsByExposure(files);
  return typeof grouping === 'number' ? setsInRow(files, grouping) : setsByPattern(files, grouping);
}

/** By the first file, as cameras number them. */
function nameFor({ place }: Folder, files: readonly string[], extension: string, taken: Set<string>): string {
  const [first = ''] = files.map((file) => path.parse(file).name).sort(byName);
  for (let number = 1; ; number += 1) {
    const output = path.join(place, `${first}-fused${number === 1 ? '' : `-${number}`}${extension}`);
    if (taken.has(output)) continue;
    taken.add(output);
    return output;
  }
}
