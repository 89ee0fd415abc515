/** Files that hold a secret: read only where nobody else can read them, as ssh does with its keys. */
import { closeSync, fstatSync, openSync, readFileSync, type Stats } from 'node:fs';
import { GstIplError } from '../errors';

/** Anything for the group or for others. */
const OTHERS = 0o077;

/**
 * @param what the file is, for sentences: `token file`
 * @throws GstIplError `bad-option` where other users can read or change it, or own it. What the system says of a file that is
 *   not there is thrown on.
 */
export function readSecretFile(file: string, what: string): string {
  const handle = openSync(file, 'r'); // Looked at and read by one handle: it is the same file.
  try {
    checkAccess(file, what, fstatSync(handle));
    return readFileSync(handle, 'utf8');
  } finally {
    closeSync(handle);
  }
}

/** Pipes (`<(pass show token)`) are the process's own. */
function checkAccess(file: string, what: string, stats: Stats): void {
  const user = process.geteuid?.();
  if (user === undefined || !stats.isFile()) return;
  const quoted = /^[\w./-]+$/.test(file) ? file : `'${file.replaceAll("'", String.raw`'\''`)}'`;
  if (stats.uid !== user && stats.uid !== 0) {
    throw new GstIplError('bad-option', `The ${what} ${file} belongs to another user (uid ${stats.uid}), who can read and change it.`, {
      hint: `Give it to the user that runs gst-ipl: chown ${user} ${quoted}`,
    });
  }
  if ((stats.mode & OTHERS) === 0) return;
  throw new GstIplError('bad-option', `The ${what} ${file} is open to other users of this machine (mode ${(stats.mode & 0o777).toString(8)}).`, {
    hint: `Run: chmod 600 ${quoted}. If somebody else may have read it, make a new one.`,
  });
}
