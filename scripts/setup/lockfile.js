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

/**
 * What node_modules was made from and compiled for. Compiled add-ons that use
 * nan, as the GStreamer binding does, only load in a Node with the same ABI.
 */
function stampOf(lockText) {
  return {
    lock: createHash('sha256').update(lockText).digest('hex'),
    abi: process.versions.modules,
    platform: `${process.platform}-${process.arch}`,
  };
}

/** What there is to do, given the stamp now wanted and the text of the stored one: nothing, compile, or install. */
function compareStamps(wanted, storedText) {
  let stored;
  try {
    stored = JSON.parse(storedText);
  } catch {
    return 'install';
  }
  if (stored === null || stored.lock !== wanted.lock || stored.platform !== wanted.platform) return 'install';
  return stored.abi === wanted.abi ? 'nothing' : 'compile';
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

module.exports = { compareStamps, installedMatches, readOrNothing, stampOf };
