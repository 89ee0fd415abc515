#!/usr/bin/env node
'use strict';

// The command line itself is plugin/cli/main.ts. It needs an environment that
// can only be set before a process starts, so this starts one: see launch.js.

const { commandLine, launch } = require('./launch.js');

async function main() {
  process.exitCode = await launch([...commandLine(), ...process.argv.slice(2)]);
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
