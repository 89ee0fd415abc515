'use strict';

/**
 * A file of tests that failed beside others runs once more, alone. What then passes is no reason to stop a change, and no secret either:
 * it is named in the end. A machine that gives no processor for seconds fails a test of some two thousand now and then; a fault that
 * is there every time fails twice.
 */

const { stripVTControlCharacters } = require('node:util');
const { runAva } = require('./ava.js');

/** More than these are no accident. */
const MOST_FILES = 3;

/** What AVA says of a file: a test of it passed or failed, or the file itself ended badly. */
const PASSED = /^ {2}[✔√] (.+)$/;
const FAILED = /^ {2}[✘×] \[fail\]: (.+)$/;
const ENDED = /^ {2}[✘×] (test\/\S+\.test\.ts) exited /;

/**
 * Counts of a lane by file. AVA names a file by its path below the folder that all of a run have in common, in the parts of a title:
 * `sync › sync › a short branch`; the only one has no name.
 */
class ByFile {
  #files;
  #counts = new Map();
  /** Files and titles of what failed. */
  failures = [];

  /** @param files paths like `test/sync/sync.test.ts` */
  constructor(files) {
    const paths = files.map((file) => file.replace(/\.test\.ts$/, '').split('/'));
    const isCommon = (index) => paths.every((parts) => parts[index] === paths[0][index] && index < parts.length);
    const common = paths.length === 0 ? 0 : paths[0].findIndex((_, index) => !isCommon(index));
    this.#files = new Map(files.map((file, index) => [common === -1 ? '' : paths[index].slice(common).join(' › '), file]));
  }

  onLine(line) {
    const text = stripVTControlCharacters(line);
    const [, passed] = PASSED.exec(text) ?? [];
    const [, failed] = FAILED.exec(text) ?? [];
    const [, ended] = ENDED.exec(text) ?? [];
    if (passed !== undefined) this.#add(this.#fileOf(passed), { passed: 1, failed: 0 });
    else if (failed !== undefined || ended !== undefined) {
      const file = ended ?? this.#fileOf(failed);
      this.#add(file, { passed: 0, failed: 1 });
      this.failures.push(`${file}: ${failed ?? 'ended'}`);
    }
  }

  /** Those that failed, with what was counted of each. */
  get failed() {
    return new Map([...this.#counts].filter(([, { failed }]) => failed > 0));
  }

  /** The longest name that a title begins with: `a › b › title` may be of `a` or of `a › b`. */
  #fileOf(title) {
    const parts = title.split(' › ');
    for (let length = parts.length - 1; length >= 0; length -= 1) {
      const file = this.#files.get(parts.slice(0, length).join(' › '));
      if (file !== undefined) return file;
    }
    return undefined;
  }

  #add(file, { passed, failed }) {
    const before = this.#counts.get(file) ?? { passed: 0, failed: 0 };
    this.#counts.set(file, { passed: before.passed + passed, failed: before.failed + failed });
  }
}

/**
 * The result with that of a second run in the place of the first, for the files that failed; the same where there are too many, or
 * where a failure is of no file that is known.
 */
async function withSecondRun(result, lanes, { show, ...options }) {
  const failed = new Map(lanes.flatMap((lane) => [...lane.failed]));
  const failures = lanes.flatMap((lane) => lane.failures);
  const known = [...failed.values()].reduce((sum, count) => sum + count.failed, 0);
  if (known !== result.failed || failed.size === 0 || failed.size > MOST_FILES || failed.has(undefined)) return result;
  show(`\nOnce more, alone: ${[...failed.keys()].join(', ')}\n`);
  const again = await runAva([...failed.keys()], { ...options, show });
  if (again.failed === 0) for (const failure of failures) show(`  Flaky, passed alone: ${failure}`);
  const before = [...failed.values()].reduce((sum, count) => sum + count.passed, 0);
  return { passed: result.passed - before + again.passed, failed: again.failed };
}

module.exports = { ByFile, withSecondRun };
