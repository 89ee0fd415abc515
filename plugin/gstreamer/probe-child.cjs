/**
 * The child process of probe.ts: reads launch strings (a JSON array) from standard input, parses each, and writes
 * GStreamer's messages (null where it had none). Plain JavaScript, so that it starts fast in a checkout, too.
 */
'use strict';
const { readFileSync } = require('node:fs');

const launches = JSON.parse(readFileSync(0, 'utf8'));
const { Pipeline } = require('gstreamer-superficial');

const messages = launches.map((launch) => {
  try {
    new Pipeline(launch);
    return null;
  } catch (error) {
    return error.message;
  }
});
process.stdout.write(JSON.stringify(messages), () => process.exit(0));
