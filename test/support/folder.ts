import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A new folder that is deleted when the process ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'gst-ipl-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
