#!/usr/bin/env node
'use strict';

// Runs a benchmark (TypeScript) in the environment that GStreamer needs.

const { launch } = require('../bin/launch.js');

launch(['-r', 'ts-node/register/transpile-only', ...process.argv.slice(2)]).then((code) => {
  process.exitCode = code;
});
