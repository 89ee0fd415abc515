/**
 * AVA, with its counts written as JSON to the file that GST_IPL_AVA_COUNTS
 * names. Its printed summary leaves out the passed tests when one failed, and
 * its TAP output is not for people, so the counts are taken from the reporter
 * as it ends. This reaches into AVA's files, whose version package-lock.json
 * fixes; should they change, no file is written, and scripts/test.js says so.
 */

import { writeFileSync } from 'node:fs';

const ava = new URL('../node_modules/ava/', import.meta.url);
const { default: Reporter } = await import(new URL('lib/reporters/default.js', ava));

const { endRun } = Reporter.prototype;
Reporter.prototype.endRun = function (...args) {
  const { byFile, ...counts } = this.stats ?? {};
  writeFileSync(process.env.GST_IPL_AVA_COUNTS, JSON.stringify({ ...counts, testFiles: byFile?.size ?? 0 }));
  return endRun.apply(this, args);
};

await import(new URL('entrypoints/cli.mjs', ava));
