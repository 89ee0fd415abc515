#!/usr/bin/env node
'use strict';

// Runs a benchmark (TypeScript) in the environment that GStreamer needs.

const { spawnSync } = require('node:child_process');
const { existsSync } = require('node:fs');
const { join } = require('node:path');
const { launch } = require('../bin/launch.js');

// In a fresh checkout the kernels are not compiled yet.
if (!existsSync(join(__dirname, '..', 'plugin', 'ipl', 'kernels', 'fusion.wasm'))) {
  const { status } = spawnSync(process.execPath, [join(__dirname, 'build.js')], { stdio: 'inherit' });
  if (status !== 0) process.exit(1);
}

launch(['-r', join(__dirname, 'typescript.js'), ...process.argv.slice(2)]).then((code) => {
  process.exitCode = code;
});
