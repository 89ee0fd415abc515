/**
 * Brings a whole file to the name that others read, where the same may have been done already: by another machine, or by this one
 * before it was killed. Readers see what was there or what is new, never a part.
 */
import { createReadStream, existsSync, linkSync, rmSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import path from 'node:path';
import { GstIplError, messageOf } from '../errors';
import { linkTarget, statsOf } from './file-identity';
import { syncToDisk } from './sync-to-disk';

/** @param from on the same file system; it is gone afterwards @throws GstIplError `pipeline-failed` */
export async function putInPlace(from: string, location: string): Promise<void> {
  const target = linkTarget(location);
  try {
    if (linked(from, target) || (await isSame(from, target))) rmSync(from, { force: true });
    else await rename(from, target);
    await syncToDisk(path.dirname(target));
  } catch (error) {
    throw new GstIplError('pipeline-failed', `"${location}" could not be put into its place: ${messageOf(error)}.`, { cause: error });
  }
}

/** In one step, and never over another file. */
function linked(from: string, target: string): boolean {
  if (existsSync(target)) return false;
  try {
    linkSync(from, target);
    return true;
  } catch {
    return false; // It is there by now, or the file system has no hard links.
  }
}

async function isSame(one: string, other: string): Promise<boolean> {
  const [size, there] = [statsOf(one)?.size, statsOf(other)?.size];
  if (size !== there) return false;
  const theirs = createReadStream(other)[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  try {
    // Regular files come in pieces of one size.
    for await (const chunk of createReadStream(one) as AsyncIterable<Buffer>) {
      const next = await theirs.next();
      if (next.done || !chunk.equals(next.value)) return false;
    }
    return true;
  } finally {
    await theirs.return?.();
  }
}
