'use strict';

const { existsSync, writeFileSync } = require('node:fs');
const { basename, dirname, join } = require('node:path');
const { compareStamps, installedMatches, readOrNothing, stampOf } = require('./lockfile.js');
const { SetupError, commandError, runLogged, step } = require('./steps.js');

const ROOT = join(__dirname, '..', '..');
const MODULES = join(ROOT, 'node_modules');
const STAMP = join(MODULES, '.gst-ipl-stamp');
const BINDING = 'gstreamer-superficial';
const MINIMUM_NODE = [20, 19]; // AVA 7 and ESLint's parser ask for this

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

/** Tells node-gyp to use the headers that came with this Node, if they did, instead of downloading them. */
function headersEnvironment(execPath = process.execPath) {
  const prefix = join(dirname(execPath), '..');
  if (!existsSync(join(prefix, 'include', 'node', 'node_version.h'))) return {};
  // node-gyp reads the first up to version 10 (npm 10) and also the second from version 11 on (npm 11).
  return { npm_config_nodedir: prefix, npm_package_config_node_gyp_nodedir: prefix };
}

function npm(args, env = {}) {
  const [command, ...first] = npmCommand();
  return runLogged(command, [...first, ...args, '--no-audit', '--no-fund', '--no-progress'], env);
}

async function install() {
  await step('Installing the npm packages of package-lock.json', async () => {
    // No install scripts: onnxruntime-node's would download CUDA libraries, and the binding is
    // compiled below, where its failure can be told apart. --include=dev for NODE_ENV=production.
    const result = await npm(['ci', '--ignore-scripts', '--include=dev', '--prefer-offline'], { ONNXRUNTIME_NODE_INSTALL: 'skip' });
    if (result.code !== 0) {
      throw commandError('npm could not install the packages. If it could not reach the registry, check the network or `npm config get registry`, then run this again.', result.output);
    }
  });
}

async function compile() {
  await step(`Compiling the GStreamer binding (${BINDING})`, async () => {
    const env = { ...headersEnvironment(), JOBS: 'max' };
    const result = await npm(['rebuild', BINDING, '--ignore-scripts=false', '--foreground-scripts'], env);
    if (result.code !== 0) throw compileError(result.output);
    await checkBinding();
  });
}

function compileError(output) {
  let sentence = `${BINDING} did not compile.`;
  if (/Package .* was not found|No package '|pkg-config: not found/.test(output)) {
    sentence += ' GStreamer\'s development files were not found: install libgstreamer1.0-dev, libgstreamer-plugins-base1.0-dev and pkg-config.';
  } else if (/find Python|not found: make|make.*ENOENT|g\+\+.*(not found|No such file)/i.test(output)) {
    sentence += ' A C++ compiler, make and Python 3 are needed: install g++, make and python3.';
  } else if (/headers|ENOTFOUND|ECONNREFUSED|EAI_AGAIN/.test(output)) {
    sentence += ' node-gyp could not get Node\'s header files: install Node with its include/node folder, or check the network.';
  } else {
    sentence += ` This Node (${process.version}) may be newer than the binding supports: Node 20 and 22 are known to work.`;
  }
  return commandError(sentence, output);
}

/** In a process of its own, so that a crash of the native code cannot take the set-up down without a word. */
async function checkBinding() {
  const result = await runLogged(process.execPath, ['-e', `require('${BINDING}').Pipeline.name`]);
  if (result.code !== 0) {
    throw commandError(`${BINDING} is installed but does not load in Node ${process.version}. Delete node_modules and run this again; if that does not help, use Node 20.`, result.output);
  }
}

/** Makes node_modules what package-lock.json says, with a binding that loads. Costs a few milliseconds when it is already. */
async function ensureNodePackages() {
  checkNodeVersion();
  const lockText = readOrNothing(join(ROOT, 'package-lock.json'));
  if (lockText === undefined) throw new SetupError('package-lock.json is missing. Restore it with `git checkout package-lock.json`.');

  const wanted = stampOf(lockText);
  const todo = compareStamps(wanted, readOrNothing(STAMP));
  const compiled = existsSync(join(MODULES, BINDING, 'build', 'Release', `${BINDING}.node`));
  if (todo === 'nothing' && compiled) return;

  // node_modules may have been made by npm itself: then it only has to be complete.
  const complete = installedMatches(lockText, readOrNothing(join(MODULES, '.package-lock.json')));
  if (todo === 'install' && !complete) await install();
  const usable = todo === 'install' && complete && compiled && (await checkBinding().then(() => true, () => false));
  if (!usable) await compile();
  writeFileSync(STAMP, JSON.stringify(wanted));
}

module.exports = { checkNodeVersion, ensureNodePackages, headersEnvironment, npmCommand };
