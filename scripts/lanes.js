'use strict';

/**
 * All tests, in two lanes beside one another. Files that mostly wait, for cameras, peers and the product's own limits, would keep
 * half of a processor idle where they took turns with those that compute; and what waits for a camera wants a processor at once when
 * a picture comes, so those that compute are niced. What computes is dealt in parts: the lane that waits is through in half the time,
 * and then takes its share of them.
 */

const { readdirSync } = require('node:fs');
const { join } = require('node:path');
const { runAva } = require('./ava.js');
const { ByFile, withSecondRun } = require('./second-run.js');

/** Folders of test/ whose files mostly wait. */
const WAITING = ['faults', 'live', 'publish', 'record'];

/** What computes makes room for what waits: a peer that gets no processor for two seconds has not come to its end in time. */
const NICE = 10;

/** Files at a time of what computes: a third one, niced, uses what the two lanes leave while they wait for the clock. */
const AT_ONCE = ['--concurrency', '3'];

/** Files in a part: AVA's own start takes half a second of a processor, and the end of a part keeps one of two processes idle. */
const PART = 20;

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

/** Lists of at most so many. */
function inParts(files, most) {
  return Array.from({ length: Math.ceil(files.length / most) }, (_, index) => files.slice(index * most, (index + 1) * most));
}

/** Resolves to how many passed and failed in both, and of files that failed, when they ran once more. */
async function runLanes({ cwd, env, show = console.log, errors = 'inherit', part = PART }) {
  const { waiting, working } = lanesOf(cwd);
  const parts = inParts(working, part);
  const done = [];
  const run = async (files, nice, flags = []) => {
    const { onLine, release } = heldBack(show);
    const byFile = new ByFile(files);
    const onEach = (line) => {
      byFile.onLine(line);
      onLine(line);
    };
    done.push({ release, byFile, result: await runAva([...flags, ...files], { cwd, env, nice, errors, show: onEach }) });
  };
  const work = async () => {
    for (let files = parts.shift(); files; files = parts.shift()) await run(files, NICE, AT_ONCE);
  };
  await Promise.all([run(waiting, 0).then(work), work()]);
  for (const { release } of done) release();
  const sum = done.reduce((total, { result }) => ({ passed: total.passed + result.passed, failed: total.failed + result.failed }), { passed: 0, failed: 0 });
  return withSecondRun(sum, done.map(({ byFile }) => byFile), { cwd, env, errors, show });
}

module.exports = { NICE, WAITING, lanesOf, runLanes };
