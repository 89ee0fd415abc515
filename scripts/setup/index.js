'use strict';

/**
 * Brings a fresh machine to where gst-ipl runs: system packages, npm packages,
 * build. Plain Node without dependencies, because nothing is installed yet. What
 * is there already is found out in about a tenth of a second and not done again.
 */

const { ensureBuild } = require('./build.js');
const { ensureNodePackages } = require('./node.js');
const { SetupError } = require('./steps.js');
const { ensureSystemPackages } = require('./system.js');

async function setup(options) {
  await ensureSystemPackages(options);
  await ensureNodePackages();
  await ensureBuild();
}

/** Runs `work`; an error is shown as its message (a bug with its stack) and sets exit code 1. */
async function main(work = setup) {
  try {
    await work();
  } catch (error) {
    console.error(error instanceof SetupError ? error.message : error);
    process.exitCode = 1;
  }
}

module.exports = { SetupError, ensureBuild, ensureNodePackages, ensureSystemPackages, main, setup };

if (require.main === module) main();
