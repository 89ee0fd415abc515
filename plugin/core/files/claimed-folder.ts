/**
 * A folder for temporary files, where the system has them. It goes with the process that made it; what a kill leaves of one, the next process that
 * makes one of that kind removes: its name says whose it is (process-mark.ts).
 */
import { mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isLeft, isMark, OWN_MARK } from './process-mark';

/** Some twenty within the day after which nobody is taken to be there (process-mark.ts). */
const SIGN_MS = 3_600_000;

export interface ClaimedFolder {
  readonly path: string;
  /** Nothing of it stays. */
  remove(): void;
}

/** @param kind what its name begins with */
export function claimFolder(kind: string): ClaimedFolder {
  sweep(kind);
  const folder = mkdtempSync(path.join(tmpdir(), `${kind}${OWN_MARK}-`));
  // Other containers, which may share the disk, see by it that somebody is there.
  const sign = setInterval(() => touch(folder), SIGN_MS).unref();
  const remove = (): void => {
    clearInterval(sign);
    process.off('exit', remove);
    rmSync(folder, { recursive: true, force: true });
  };
  process.on('exit', remove);
  return { path: folder, remove };
}

function touch(folder: string): void {
  const now = (performance.timeOrigin + performance.now()) / 1000;
  try {
    utimesSync(folder, now, now);
  } catch {
    // Somebody has removed it: whoever needs a file of it will say so.
  }
}

function sweep(kind: string): void {
  for (const name of readdirSync(tmpdir())) {
    const [, mark = ''] = name.startsWith(kind) ? (/^(.+)-\w{6}$/.exec(name.slice(kind.length)) ?? []) : [];
    const folder = path.join(tmpdir(), name);
    if (!isMark(mark) || !isLeft(folder, mark)) continue;
    try {
      rmSync(folder, { recursive: true, force: true });
    } catch {
      // Another user's.
    }
  }
}
