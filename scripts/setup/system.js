'use strict';

const { spawnSync } = require('node:child_process');
const { SetupError, commandError, runLogged, step } = require('./steps.js');

/** What gst-ipl needs of the system, by its names in Debian 12 and Ubuntu. */
const PACKAGES = [
  'libgstreamer1.0-0', 'libgstreamer-plugins-base1.0-0', 'gstreamer1.0-tools', 'gstreamer1.0-plugins-base', 'gstreamer1.0-plugins-good', 'gstreamer1.0-plugins-bad',
  'gstreamer1.0-plugins-ugly', 'gstreamer1.0-libav', 'gstreamer1.0-x', 'gstreamer1.0-rtsp',
];

/**
 * What only the tests need: a browser that looks at the preview page, with a font; an RTSP server, with certificates; a judge of files;
 * the server of a queue (redis-check-rdb is redis-server by another name; the package of that name would start a service).
 */
const TEST_PACKAGES = ['chromium', 'fonts-dejavu-core', 'gir1.2-gst-rtsp-server-1.0', 'python3-gi', 'openssl', 'ffmpeg', 'redis-tools'];

/** One thing from each of these packages, for systems that dpkg does not know about. */
const PROOFS = [
  ...['videoconvert', 'matroskamux', 'h264parse', 'x264enc', 'avdec_h264', 'textoverlay'].map((element) => ['gst-inspect-1.0', ['--exists', element]]),
];

const TEST_PROOFS = [
  ['chromium', ['--version']],
  ['/usr/bin/python3', ['-c', 'import gi; gi.require_version("GstRtspServer", "1.0")']],
  ['openssl', ['version']],
  ['ffprobe', ['-version']],
  ['redis-cli', ['--version']],
];

const LOCK_WAIT_S = 120;

const succeeds = (command, args) => spawnSync(command, args, { stdio: 'ignore' }).status === 0;

/** Those of `wanted` that `status` (lines of dpkg-query: "name state") does not call installed. */
function missingPackages(status, wanted = PACKAGES) {
  const installed = new Set();
  for (const line of status.split('\n')) {
    const [name, state] = line.split(' ');
    if (state === 'installed') installed.add(name);
  }
  return wanted.filter((name) => !installed.has(name));
}

/** The missing packages, or undefined where there is no dpkg. One process, about 20 ms. */
function askDpkg(wanted) {
  const answer = spawnSync('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Status}\n', ...wanted], { encoding: 'utf8' });
  return answer.error ? undefined : missingPackages(answer.stdout, wanted);
}

/** How to become root without asking anybody: [] for root itself, undefined if there is no way. */
function rootPrefix() {
  if (process.getuid && process.getuid() === 0) return [];
  return succeeds('sudo', ['-n', 'true']) ? ['sudo', '-n'] : undefined;
}

function instructions(missing) {
  const command = `apt-get update && sudo apt-get install -y --no-install-recommends ${missing.join(' ')}`;
  return [
    'gst-ipl needs system packages that it cannot install by itself: that takes Debian or Ubuntu, and root or passwordless sudo.',
    `Missing, by their names in Debian 12: ${missing.join(', ')}.`,
    'On Debian or Ubuntu, run this; on another system, install what corresponds to them (GStreamer 1.20 or later). Then run this command again.',
    `\n    sudo ${command}\n`,
  ].join('\n');
}

/**
 * Runs apt-get, waiting for another apt to end. DPkg::Lock::Timeout covers the
 * lock on installing only; the one on the package lists fails at once, so that
 * is tried again here.
 */
async function aptGet(prefix, args) {
  const command = [
    // sudo drops the environment, so env has to come after it.
    ...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'LC_ALL=C.UTF-8', 'apt-get', '-q',
    '-o', `DPkg::Lock::Timeout=${LOCK_WAIT_S}`, '-o', 'Acquire::Retries=2', '-o', 'Acquire::http::Timeout=20', '-o', 'Dpkg::Use-Pty=0', ...args,
  ];
  const deadline = Date.now() + LOCK_WAIT_S * 1000;
  for (;;) {
    const result = await runLogged(command[0], command.slice(1));
    if (result.code === 0 || !/Could not get lock|Unable to lock directory/.test(result.output) || Date.now() > deadline) return result;
    await new Promise((resolve) => setTimeout(resolve, 2000));
  }
}

function installError(output) {
  let sentence = 'apt-get could not install the system packages.';
  if (/Could not get lock|Unable to (lock|acquire)/.test(output)) {
    sentence += ` Another package manager kept its lock for ${LOCK_WAIT_S} s: let it finish, then run this again.`;
  } else if (/Temporary failure resolving|Could not connect|Unable to locate package|has no installation candidate|Failed to fetch/.test(output)) {
    sentence += ' It could not fetch them: check the network and the sources in /etc/apt, then run this again.';
  } else {
    sentence += ' Mend what it reports below (`apt-get -f install` helps with broken packages), then run this again.';
  }
  return commandError(sentence, output);
}

/**
 * Installs the missing system packages, where that can be done without asking; otherwise says what is missing.
 * `tests`: also those that only the tests need.
 */
async function ensureSystemPackages({ tests = false } = {}) {
  const wanted = tests ? [...PACKAGES, ...TEST_PACKAGES] : PACKAGES;
  const proofs = tests ? [...PROOFS, ...TEST_PROOFS] : PROOFS;
  const missing = askDpkg(wanted);
  if (missing !== undefined && missing.length === 0) return;

  const prefix = missing !== undefined && succeeds('apt-get', ['--version']) ? rootPrefix() : undefined;
  if (prefix === undefined) {
    // GStreamer may be there all the same: built from source, or by another package manager.
    if (proofs.every(([command, args]) => succeeds(command, args))) return;
    throw new SetupError(instructions(missing || wanted));
  }

  // A failed update is no reason to stop: one broken source is enough for it, and the old lists may do.
  const update = await step('Updating the package lists', () => aptGet(prefix, ['update']));
  await step(`Installing ${missing.length} system packages and what they need with apt-get`, async () => {
    const install = await aptGet(prefix, ['install', '-y', '--no-install-recommends', ...missing]);
    if (install.code !== 0) throw installError(update.code === 0 ? install.output : update.output + install.output);
  });
}

module.exports = { PACKAGES, TEST_PACKAGES, ensureSystemPackages, instructions, missingPackages };
