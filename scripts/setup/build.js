'use strict';

const { createHash } = require('node:crypto');
const { readdirSync, statSync } = require('node:fs');
const { join } = require('node:path');
const { readOrNothing } = require('./lockfile.js');
const { commandError, runLogged, step } = require('./steps.js');

const ROOT = join(__dirname, '..', '..');
const STAMP = join('dist', '.built');

/** The files that dist is made from. */
function sources(root) {
  const top = readdirSync(root).filter((name) => /^tsconfig.*\.json$/.test(name));
  const models = list(join(root, 'models')).filter((entry) => entry.name.endsWith('.onnx')).map((entry) => join('models', entry.name));
  return [...top, ...models, ...filesUnder(root, 'plugin')].sort();
}

function list(folder) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}

function filesUnder(root, folder) {
  return list(join(root, folder)).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesUnder(root, path) : [path];
  });
}

/**
 * Names, sizes and times of the sources in one hash. Unlike a comparison with
 * the time of dist, it also sees a file that was deleted or given an older time.
 */
function fingerprint(root = ROOT) {
  const hash = createHash('sha256');
  for (const path of sources(root)) {
    const { mtimeMs, size } = statSync(join(root, path));
    hash.update(`${path}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

const isBuilt = (root = ROOT) => readOrNothing(join(root, STAMP)) === fingerprint(root);

/** Runs scripts/build.js if dist was not made from the sources as they are. */
async function ensureBuild() {
  if (isBuilt()) return;
  await step('Building dist', async () => {
    const result = await runLogged(process.execPath, [join(ROOT, 'scripts', 'build.js')]);
    if (result.code !== 0) throw commandError('The build failed. Mend what it reports below, then run this again.', result.output);
  });
}

module.exports = { STAMP, ensureBuild, filesUnder, fingerprint, isBuilt };
