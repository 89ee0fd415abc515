#!/usr/bin/env node
'use strict';

/**
 * Rewrites the table in plugin/gstreamer/launch/debian-packages.ts. Run it as root on
 * the Debian release that the table is for (a debootstrap chroot will do):
 *
 *   apt-get update && apt-get install --no-install-recommends gstreamer1.0-tools PACKAGES...
 *   node scripts/debian-packages.js
 *
 * Two sources, because neither is complete. The packages' Gstreamer-Elements
 * field, which Debian makes when it builds them, lacks elements that load a
 * library at run time (souphttpsrc) and whole packages (nice, rtsp). gst-inspect
 * on the installed plug-in files lacks what needs the hardware to be there; the
 * .ts file lists that by hand.
 */

const { execFileSync } = require('node:child_process');
const { readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

const PACKAGES = [
  'libgstreamer1.0-0', 'gstreamer1.0-plugins-base', 'gstreamer1.0-plugins-good', 'gstreamer1.0-plugins-bad',
  'gstreamer1.0-plugins-ugly', 'gstreamer1.0-x', 'gstreamer1.0-gl', 'gstreamer1.0-alsa', 'gstreamer1.0-gtk3',
  'gstreamer1.0-qt5', 'gstreamer1.0-qt6', 'gstreamer1.0-wpe', 'gstreamer1.0-opencv', 'gstreamer1.0-nice',
  'gstreamer1.0-rtsp', 'gstreamer1.0-plugins-rtp', 'gstreamer1.0-libcamera', 'gstreamer1.0-pipewire',
  'gstreamer1.0-espeak', 'gstreamer1.0-pocketsphinx',
];
const FILE = join(__dirname, '..', 'plugin', 'gstreamer', 'launch', 'debian-packages.ts');
const WIDTH = 108;

// Device providers are no elements, and LADSPA's names are those of whatever
// LADSPA plug-ins the build machine had.
const NOT_LISTED = /provider$|_typefind$|^ladspa/;

const output = (command, args) => execFileSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'ignore'] });

function fieldElements(name) {
  const fields = output('apt-cache', ['show', '--no-all-versions', name]);
  const line = /^Gstreamer-Elements: (.*)$/m.exec(fields);
  return line ? line[1].split(', ') : [];
}

function installedElements(name) {
  let files;
  try {
    files = output('dpkg-query', ['-L', name]).split('\n').filter((path) => /\/gstreamer-1\.0\/libgst.*\.so$/.test(path));
  } catch {
    return [];
  }
  return files.flatMap((file) => {
    const text = output('gst-inspect-1.0', [file]);
    return [...text.matchAll(/^ {2}([A-Za-z0-9_-]+): /gm)].map((match) => match[1]);
  });
}

function wrap(words) {
  const lines = [''];
  for (const word of words) {
    if (lines[lines.length - 1].length + word.length + 1 > WIDTH) lines.push('');
    lines[lines.length - 1] += (lines[lines.length - 1] === '' ? '' : ' ') + word;
  }
  return lines.map((line) => `    ${line}`).join('\n');
}

const table = PACKAGES.map((name) => {
  const elements = [...new Set([...fieldElements(name), ...installedElements(name)])].filter((element) => !NOT_LISTED.test(element)).sort();
  if (elements.length === 0) throw new Error(`No elements found for ${name}. Install it, or run apt-get update.`);
  return `  '${name}': \`\n${wrap(elements)}\`,\n`;
}).join('');

const source = readFileSync(FILE, 'utf8');
writeFileSync(FILE, source.replace(/(\/\/ generated: begin\n)[^]*?([ ]*\/\/ generated: end)/, (_, begin, end) => begin + table + end));
