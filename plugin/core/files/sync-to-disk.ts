/** That what was written survives a power loss. */
import { open } from 'node:fs/promises';

/** Also for folders. A file may be synced through any handle: what counts is the inode. */
export async function syncToDisk(file: string): Promise<void> {
  const handle = await open(file, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
