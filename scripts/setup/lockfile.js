'use strict';

const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');

/** The file's text, or undefined if there is none. */
function readOrNothing(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** What node_modules was made from. Native add-ons are Node-API's, so they load in every Node. */
function stampOf(lockText) {
  return { lock: createHash('sha256').update(lockText).digest('hex'), platform: `${process.platform}-${process.arch}` };
}

/** Whether the stamp that is stored (as text, or none) is another than the one now wanted. */
function mustInstall(wanted, storedText) {
  try {
    const stored = JSON.parse(storedText);
    return stored.lock !== wanted.lock || stored.platform !== wanted.platform;
  } catch {
    return true;
  }
}

/**
 * Whether what npm noted down in node_modules/.package-lock.json is what
 * package-lock.json asks for. Packages for other platforms are in the second only.
 */
function installedMatches(lockText, installedText) {
  if (installedText === undefined) return false;
  const wanted = JSON.parse(lockText).packages;
  const installed = JSON.parse(installedText).packages;
  const same = (name) => wanted[name] !== undefined && installed[name].version === wanted[name].version && installed[name].integrity === wanted[name].integrity;
  const needed = (name) => name !== '' && !wanted[name].optional && !wanted[name].devOptional && !wanted[name].peer;
  return Object.keys(installed).every(same) && Object.keys(wanted).filter(needed).every((name) => installed[name] !== undefined);
}

module.exports = { installedMatches, mustInstall, readOrNothing, stampOf };
