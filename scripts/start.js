#!/usr/bin/env node
'use strict';

// npm start: makes the machine ready, then fuses the built-in demo scene into out/.

const { commandLine, launch } = require('../bin/launch.js');
const { main, setup } = require('./setup/index.js');

main(async () => {
  await setup();
  process.exitCode = await launch([...commandLine(), 'demo', '--out', 'out', ...process.argv.slice(2)]);
});
