'use strict';

/**
 * Where ORC, GStreamer's compiler for loops over pixels, puts the code that it makes. It writes into a file that it maps, in
 * the first of $XDG_RUNTIME_DIR, $HOME, $TMPDIR and /tmp that takes a file and may be executed. A full disk shows only when
 * the mapped memory is written: then the kernel ends the process (SIGBUS).
 */

const { closeSync, mkdtempSync, openSync, readFileSync, realpathSync, rmSync, writeSync } = require('node:fs');
const { join } = require('node:path');

/** Four pieces of what ORC takes at a time; a large graph compiles less. */
const ROOM = Buffer.alloc(4 * 65536, 1);

/** Besides ORC's own: in memory, and on the disk of the system. */
const OTHERS = ['/dev/shm', '/var/tmp'];

/** Whether a folder's file system lets nothing be executed: ORC passes it by. */
function forbidsCode(folder, mounts) {
  const place = realpathSync(folder);
  let found = '';
  let options = '';
  for (const line of mounts.split('\n')) {
    // Spaces and the like are written as octal numbers.
    const [, , , , at = '', flags = ''] = line.split(' ');
    const mounted = at.replace(/\\(\d{3})/g, (_, digits) => String.fromCharCode(parseInt(digits, 8)));
    const holds = mounted === '/' || place === mounted || place.startsWith(`${mounted}/`);
    // Of several in one place the last one counts.
    if (mounted !== '' && holds && mounted.length >= found.length) [found, options] = [mounted, flags];
  }
  return options.split(',').includes('noexec');
}

/** What ORC would find in a folder: 'room', 'full', or 'unusable', which it passes by. */
function roomIn(folder) {
  let own;
  try {
    if (forbidsCode(folder, readFileSync('/proc/self/mountinfo', 'utf8'))) return 'unusable';
    own = mkdtempSync(join(folder, '.gst-ipl-'));
  } catch (error) {
    // ORC makes its file there, or fails as this did. Where only the folder did not fit any more, it may not.
    return error.code === 'ENOSPC' || error.code === 'EDQUOT' ? 'full' : 'unusable';
  }
  try {
    const file = openSync(join(own, 'room'), 'w');
    try {
      return writeSync(file, ROOM) === ROOM.length ? 'room' : 'full';
    } finally {
      closeSync(file); // Over a network, quotas show here.
    }
  } catch {
    return 'full';
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
}

/**
 * What ORC's environment lacks. Nothing, wherever it would find room. With a full folder first, another one; and where there
 * is none, or the user's runtime folder is full, which others need as it is: no compiled code (`ORC_CODE=backup`), which
 * takes longer.
 */
function orcEnvironment(env, room = roomIn) {
  if (env.ORC_CODE) return {};
  const own = [env.XDG_RUNTIME_DIR, env.HOME, env.TMPDIR, '/tmp'].filter(Boolean);
  const first = own.find((folder) => room(folder) !== 'unusable');
  // Without any ORC takes memory that is in no file.
  if (first === undefined || room(first) === 'room') return {};
  const other = env.XDG_RUNTIME_DIR ? undefined : [...own, ...OTHERS].find((folder) => room(folder) === 'room');
  return other === undefined ? { ORC_CODE: 'backup' } : { XDG_RUNTIME_DIR: other };
}

module.exports = { orcEnvironment };
