/** What a batch has to do: brackets, and where each goes. */
import path from 'node:path';
import { findBrackets, groupByNumber, groupByPattern, type Brackets, type Photograph } from './brackets';
import type { Folder } from './find-photographs';

/** `auto`, as many in a row, or those of whose names a pattern's groups hold the same. */
export type Grouping = 'auto' | number | RegExp;

export interface Job {
  readonly pictures: readonly Photograph[];
  /** From the folder of the outputs on. */
  readonly output: string;
}

export interface Plan {
  readonly jobs: readonly Job[];
  readonly single: readonly Photograph[];
}

/** @param extension of the outputs, with its dot */
export function planBatch(folders: readonly Folder[], grouping: Grouping, extension: string): Plan {
  const found = folders.map((folder) => ({ folder, ...group(folder.photographs, grouping) }));
  const taken = new Set<string>();
  const jobs = found.flatMap(({ folder, brackets }) => brackets.map((pictures): Job => ({ pictures, output: nameFor(folder, pictures, extension, taken) })));
  return { jobs, single: found.flatMap(({ single }) => single) };
}

function group(photographs: readonly Photograph[], grouping: Grouping): Brackets {
  if (grouping === 'auto') return findBrackets(photographs);
  if (typeof grouping === 'number') return groupByNumber(photographs, grouping);
  return groupByPattern(photographs, grouping, (file) => path.basename(file));
}

/** By the first picture, as cameras number them. */
function nameFor({ place }: Folder, pictures: readonly Photograph[], extension: string, taken: Set<string>): string {
  const [first = ''] = pictures.map(({ file }) => path.parse(file).name).sort();
  for (let number = 1; ; number += 1) {
    const output = path.join(place, `${first}-fused${number === 1 ? '' : `-${number}`}${extension}`);
    if (taken.has(output)) continue;
    taken.add(output);
    return output;
  }
}
