'use strict';

/**
 * All tests, in two lanes beside one another. Files that mostly wait, for cameras, peers and the product's own limits, would keep
 * half of a processor idle where they took turns with those that compute; and what waits for a camera wants a processor at once when
 * a picture comes, so those that compute are niced.
 */

const { readdirSync } = require('node:fs');
const { join } = require('node:path');
const { runAva } = require('./ava.js');
const { ByFile, withSecondRun } = require('./second-run.js');

/** Folders of test/ whose files mostly wait. */
const WAITING = ['faults', 'live', 'publish', 'record'];

/** What computes makes room for what waits: a peer that gets no processor for two seconds has not come to its end in time. */
const NICE = 10;

/** Paths of test files, in the order in which they are begun. */
function lanesOf(root) {
  const files = readdirSync(join(root, 'test'), { recursive: true })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => join('test', file))
    .sort();
  const waits = (file) => WAITING.includes(file.split('/')[1]);
  return { waiting: files.filter(waits), working: files.filter((file) => !waits(file)) };
}

/** Shows tests as they end, and holds back what comes behind AVA's line: the summary, and why tests failed. */
function heldBack(show) {
  const held = [];
  const onLine = (line) => {
    if (held.length > 0 || /^ {2}─+$/.test(line)) held.push(line);
    else if (line !== '') show(line);
  };
  return { onLine, release: () => held.forEach((line) => show(line)) };
}

/** Resolves to how many passed and failed in both, and of files that failed, when they ran once more. */
async function runLanes({ cwd, env, show = console.log, errors = 'inherit' }) {
  const { waiting, working } = lanesOf(cwd);
  const lanes = [{ files: waiting, nice: 0 }, { files: working, nice: NICE }].map(({ files, nice }) => {
    const { onLine, release } = heldBack(show);
    const byFile = new ByFile(files);
    const onEach = (line) => {
      byFile.onLine(line);
      onLine(line);
    };
    return { release, byFile, result: runAva(files, { cwd, env, nice, errors, show: onEach }) };
  });
  const results = await Promise.all(lanes.map(({ result }) => result));
  for (const { release } of lanes) release();
  const sum = results.reduce((total, { passed, failed }) => ({ passed: total.passed + passed, failed: total.failed + failed }));
  return withSecondRun(sum, lanes.map(({ byFile }) => byFile), { cwd, env, errors, show });
}

module.exports = { NICE, WAITING, lanesOf, runLanes };
