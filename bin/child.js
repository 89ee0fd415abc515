'use strict';

/**
 * Preloaded (node -r) into the process that bin/launch.js starts. When the
 * launcher is gone, even by SIGKILL, the channel between the two closes; then
 * this process asks itself to stop as a supervisor would, so that files are
 * finished, and gives itself GRACE_MS to do so.
 */

const { isMainThread } = require('node:worker_threads');

const GRACE_MS = 5000;

// Worker threads inherit -r too; they end with their process.
if (isMainThread && process.channel) {
  process.once('disconnect', () => {
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), GRACE_MS).unref();
    process.kill(process.pid, 'SIGTERM');
  });
  // A listener keeps the channel, and so the process, alive: let it end by itself.
  process.channel.unref();
}
