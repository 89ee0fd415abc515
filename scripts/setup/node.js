'use strict';

const { existsSync, writeFileSync } = require('node:fs');
const { basename, dirname, join } = require('node:path');
const { installedMatches, mustInstall, readOrNothing, stampOf } = require('./lockfile.js');
const { SetupError, commandError, runLogged, step } = require('./steps.js');

const ROOT = join(__dirname, '..', '..');
const MODULES = join(ROOT, 'node_modules');
const STAMP = join(MODULES, '.gst-ipl-stamp');
const MINIMUM_NODE = [20, 19]; // AVA 7 and oxlint ask for this

function checkNodeVersion(version = process.versions.node) {
  const [major, minor] = version.split('.').map(Number);
  if (major > MINIMUM_NODE[0] || (major === MINIMUM_NODE[0] && minor >= MINIMUM_NODE[1])) return;
  throw new SetupError(`gst-ipl needs Node ${MINIMUM_NODE.join('.')} or later, and this is Node ${version}. Install a newer one (https://nodejs.org), then run this again.`);
}

/** How to start npm: the one that runs this script, or the one that came with this Node, or the one on the path. */
function npmCommand(env = process.env) {
  const beside = join(dirname(process.execPath), '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js');
  const running = env.npm_execpath;
  if (running && basename(running) === 'npm-cli.js') return [process.execPath, running];
  return existsSync(beside) ? [process.execPath, beside] : ['npm'];
}

function npm(args, env = {}) {
  const [command, ...first] = npmCommand();
  return runLogged(command, [...first, ...args, '--no-audit', '--no-fund', '--no-progress'], env);
}

async function install() {
  await step('Installing the npm packages of package-lock.json', async () => {
    // No install scripts: onnxruntime-node's would download CUDA libraries, and koffi's binary is in a package of its own.
    // --include=dev for NODE_ENV=production.
    const result = await npm(['ci', '--ignore-scripts', '--include=dev', '--prefer-offline'], { ONNXRUNTIME_NODE_INSTALL: 'skip' });
    if (result.code !== 0) {
      throw commandError('npm could not install the packages. If it could not reach the registry, check the network or `npm config get registry`, then run this again.', result.output);
    }
  });
}

/** In a process of its own, so that a crash of native code cannot take the set-up down without a word. */
async function checkGStreamer() {
  const result = await runLogged(process.execPath, ['-e', "require('koffi').load('libgstreamer-1.0.so.0')"]);
  if (result.code !== 0) {
    throw commandError(`GStreamer cannot be loaded in Node ${process.version}. Delete node_modules and run this again; if that does not help, install GStreamer 1.20 or later.`, result.output);
  }
}

/** Makes node_modules what package-lock.json says, and sees that GStreamer can be called. Costs a few milliseconds when it is already. */
async function ensureNodePackages() {
  checkNodeVersion();
  const lockText = readOrNothing(join(ROOT, 'package-lock.json'));
  if (lockText === undefined) throw new SetupError('package-lock.json is missing. Restore it with `git checkout package-lock.json`.');

  const wanted = stampOf(lockText);
  if (!mustInstall(wanted, readOrNothing(STAMP))) return;

  // node_modules may have been made by npm itself: then it only has to be complete.
  if (!installedMatches(lockText, readOrNothing(join(MODULES, '.package-lock.json')))) await install();
  await checkGStreamer();
  writeFileSync(STAMP, JSON.stringify(wanted));
}

module.exports = { checkNodeVersion, ensureNodePackages, npmCommand };
