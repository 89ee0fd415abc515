'use strict';

/**
 * The process environment that GStreamer in Node needs. All of it is read
 * once, when a process starts, so it can only be given by whoever starts one:
 * bin/gst-ipl.js for the command line, scripts/test.js for the tests.
 */

const { orcEnvironment } = require('./orc.js');

// Every outstanding pull of a sample and every wait for a bus message holds a
// thread of libuv's pool. With the default of four, file reads stalled 1.5 s
// behind four pulls. 24 covers three branches, the copies of their pictures,
// the buses of a few outputs, and what files and the resolver need.
const POOL_THREADS = '24';

// A 4K NV12 frame is 12 MB, above glibc's mmap threshold, so by default every
// pull costs an mmap, 3,000 page faults and a munmap. Keeping such blocks on the
// heap and never giving the heap back took three 4K branches whose pictures
// were joined with a header from 33 to 215 frame sets a second.
const MALLOC_TUNABLES = {
  'glibc.malloc.mmap_max': '0',
  'glibc.malloc.trim_threshold': '2000000000',
  'glibc.malloc.top_pad': '67108864',
  // GStreamer starts and ends threads all day, and glibc would spread them over 8 heaps a core, each of which keeps
  // the most that it ever held. One heap: three 720p branches under faults took 512 MB instead of 762 after 9 minutes.
  'glibc.malloc.arena_max': '1',
};

/** Adds our tunables to a GLIBC_TUNABLES value; one that the user set stays as it is. */
function addTunables(existing) {
  const entries = (existing || '').split(':').filter((entry) => entry !== '');
  const taken = new Set(entries.map((entry) => entry.split('=')[0]));
  for (const [name, value] of Object.entries(MALLOC_TUNABLES)) {
    if (!taken.has(name)) entries.push(`${name}=${value}`);
  }
  return entries.join(':');
}

/**
 * DirectFB's sink ends the process where there is no screen (GStreamer 1.22, `autovideosink`): it is chosen by nobody who does
 * not name it. Ranks that the user set stay as they are.
 */
function addRank(existing) {
  const entries = (existing || '').split(',').filter((entry) => entry !== '');
  return entries.some((entry) => entry.startsWith('dfbvideosink:')) ? existing : [...entries, 'dfbvideosink:NONE'].join(',');
}

/** A copy of `env` with what GStreamer needs added; nothing that the user set is replaced. */
function launchEnvironment(env = process.env) {
  return {
    ...env,
    UV_THREADPOOL_SIZE: env.UV_THREADPOOL_SIZE || POOL_THREADS,
    GLIBC_TUNABLES: addTunables(env.GLIBC_TUNABLES),
    // onnxruntime reports usage to its makers unless that is turned off; a camera chain has no business doing that.
    ORT_DISABLE_TELEMETRY: env.ORT_DISABLE_TELEMETRY || '1',
    GST_PLUGIN_FEATURE_RANK: addRank(env.GST_PLUGIN_FEATURE_RANK),
    ...orcEnvironment(env),
  };
}

module.exports = { launchEnvironment, MALLOC_TUNABLES, POOL_THREADS };
