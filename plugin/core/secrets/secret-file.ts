/** Files that hold a secret: read only where nobody else can read them, as ssh does with its keys. */
import { closeSync, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { GstIplError } from '../errors';

/** Anything for the group or for others. */
const OTHERS = 0o077;

/** Bytes; a secret is shorter, and a device (/dev/zero) has no end. */
const LONGEST = 65_536;

/**
 * @param what the file is, for sentences: `token file`
 * @throws GstIplError `bad-option` where other users can read or change it, or own it. What the system says of a file that is
 *   not there is thrown on.
 */
export function readSecretFile(file: string, what: string): string {
  const handle = openSync(file, 'r'); // Looked at and read by one handle: it is the same file.
  try {
    checkAccess(file, what, fstatSync(handle));
    return readShort(handle, file, what);
  } finally {
    closeSync(handle);
  }
}

function readShort(handle: number, file: string, what: string): string {
  const bytes = Buffer.alloc(LONGEST + 1);
  let length = 0;
  for (let read = -1; read !== 0 && length <= LONGEST; length += read) read = readSync(handle, bytes, length, bytes.length - length, null);
  if (length <= LONGEST) return bytes.toString('utf8', 0, length);
  throw new GstIplError('bad-option', `The ${what} ${file} is longer than ${LONGEST} bytes: it is no ${what}.`);
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
