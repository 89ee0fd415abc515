'use strict';

/**
 * Preloaded (node -r) into the process that bin/launch.js starts. When the
 * launcher is gone, even by SIGKILL, the channel between the two closes; then
 * this process asks itself to stop as a supervisor would, so that files are
 * finished, and gives itself GRACE_MS to do so. It also answers the launcher,
 * which asks after a signal whether this process still hears anything.
 */

const { isMainThread } = require('node:worker_threads');

const GRACE_MS = 5000;

// Worker threads inherit -r too; they end with their process.
if (isMainThread && process.channel) {
  process.once('disconnect', () => {
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), GRACE_MS).unref();
    // Node waits for its pool of threads as it exits, for ever where one has opened a pipe that nobody reads. All is finished by then.
    process.on('exit', () => process.kill(process.pid, 'SIGKILL'));
    process.kill(process.pid, 'SIGTERM');
  });
  process.on('message', (message) => {
    if (message === 'ping' && process.connected) process.send('pong');
  });
  // Threads that wait inside GStreamer may keep it from ending now; the launcher sees to it.
  process.on('exit', (exitCode) => {
    if (process.connected) process.send({ exitCode });
  });
  // A listener keeps the channel, and so the process, alive: let it end by itself.
  process.channel.unref();
}
