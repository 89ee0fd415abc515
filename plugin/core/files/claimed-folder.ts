/**
 * A folder for temporary files, where the system has them. It goes with the process that made it; what a kill leaves of one, the next process that
 * makes one of that kind removes: its name says whose it is (process-mark.ts).
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isAlive, isMark, OWN_MARK } from './process-mark';

export interface ClaimedFolder {
  readonly path: string;
  /** Nothing of it stays. */
  remove(): void;
}

/** @param kind what its name begins with */
export function claimFolder(kind: string): ClaimedFolder {
  sweep(kind);
  const folder = mkdtempSync(path.join(tmpdir(), `${kind}${OWN_MARK}-`));
  const remove = (): void => {
    process.off('exit', remove);
    rmSync(folder, { recursive: true, force: true });
  };
  process.on('exit', remove);
  return { path: folder, remove };
}

function sweep(kind: string): void {
  for (const name of readdirSync(tmpdir())) {
    const [, mark = ''] = name.startsWith(kind) ? (/^(.+)-\w{6}$/.exec(name.slice(kind.length)) ?? []) : [];
    if (!isMark(mark) || isAlive(mark)) continue;
    try {
      rmSync(path.join(tmpdir(), name), { recursive: true, force: true });
    } catch {
      // Another user's.
    }
  }
}
