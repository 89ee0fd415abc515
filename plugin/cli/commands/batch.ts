import { existsSync, mkdirSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { GstIplError } from '../../core/errors';
import { planBatch, type Grouping, type Plan } from '../../batch/plan';
import type { Result } from '../../batch/run-batch';
import type { Folder } from '../../batch/find-photographs';
import { UsageError, type Arguments, type Command } from '../arguments';
import { INTERRUPTED, outputFormat, writeEntry } from '../output';
import { version } from '../package-file';
import { ALIGN_FLAG, EXTENSIONS, LOOK_FLAGS, readAlign, readLook } from '../still-flags';

/** Fusing takes two at least; `fuse` takes nine at most. */
const GROUPS = { least: 2, most: 9 };

export const batchCommand: Command = {
  name: 'batch',
  synopsis: 'FOLDER [FOLDER ...] -o OUT',
  summary: 'Finds the brackets in folders of photographs, and fuses each into one, on all cores. What is done is not done again.',
  positionals: [1, Infinity],
  flags: {
    output: { type: 'string', short: 'o', value: 'OUT', summary: 'The folder of the fused pictures, of report.json and of index.html, a page with all of them.' },
    group: { type: 'string', value: 'auto|N|PATTERN', summary: 'What is one bracket. auto: by what cameras noted of time and exposure; N in a row, by name; or those of whose names the groups of a regular expression hold the same. Default: auto.' },
    'dry-run': { type: 'boolean', summary: 'Says what it found, and ends.' },
    format: { type: 'string', value: 'jpg|png|tif|webp|avif', summary: 'Of the fused pictures. Default: jpg.' },
    jobs: { type: 'string', short: 'j', value: 'N', summary: 'Brackets at once. Default: as many as there are cores.' },
    ...ALIGN_FLAG,
    ...LOOK_FLAGS,
  },
  examples: ['gst-ipl batch photos -o fused --dry-run', 'gst-ipl batch photos -o fused', "gst-ipl batch photos -o fused --group '(house\\d+)-[abc]' --format tif"],
  async run(given) {
    const out = given.flags.output;
    if (typeof out !== 'string') throw new UsageError('batch needs a folder for its outputs: -o OUT');
    const settings = { grouping: readGrouping(given), extension: readFormat(given), atOnce: readJobs(given), options: readOptions(given) };
    const missing = given.positionals.find((folder) => !existsSync(folder) || !statSync(folder).isDirectory());
    if (missing !== undefined) throw new GstIplError('missing-file', `"${missing}" is no folder.`);
    if (existsSync(out) && !statSync(out).isDirectory()) throw new UsageError(`The output "${out}" is a file; name a folder.`);
    // As in fuse, what is not needed for a usage error is loaded late.
    const { findPhotographs } = await import('../../batch/find-photographs');
    const folders = await findPhotographs(given.positionals, out);
    const plan = planBatch(folders, settings.grouping, settings.extension);
    tellFound(folders, plan);
    if (given.flags['dry-run'] === true) return 0;
    if (plan.jobs.length === 0) throw new GstIplError('no-pictures', 'There is no bracket to fuse.', { hint: 'Say what is one: --group 3, or --group with a pattern of names.' });
    mkdirSync(out, { recursive: true });
    return fuseAll(plan, out, settings);
  },
};

async function fuseAll(plan: Plan, out: string, { options, atOnce }: { options: readonly string[]; atOnce: number }): Promise<number> {
  const [{ BatchRun }, { writeReports }] = await Promise.all([import('../../batch/run-batch'), import('../../batch/report')]);
  const run = new BatchRun();
  let stopped = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      stopped = true;
      run.stop();
    });
  }
  const start = performance.now();
  let worked = 0;
  const tell = (result: Result, done: number): void => {
    // Those that were done before took no time.
    worked += Number(result.state !== 'skipped');
    const left = plan.jobs.length - done;
    tellResult(result, `[${done}/${plan.jobs.length}]`, worked > 0 && left > 0 ? ((performance.now() - start) / worked) * left : undefined);
  };
  const results = await run.run(plan.jobs, { out, options, atOnce, version: version(), tell });
  if (stopped) {
    note('ended', 'Stopped; run the same again to go on.');
    return INTERRUPTED;
  }
  const { json, page } = await writeReports(out, results);
  const count = (state: Result['state']): number => results.filter((result) => result.state === state).length;
  note('ended', `${count('fused')} fused, ${count('skipped')} were done before, ${count('failed')} failed, in ${((performance.now() - start) / 1000).toFixed(1)} s: ${page}, ${json}`);
  return count('failed') === 0 ? 0 : 1;
}

function tellFound(folders: readonly Folder[], { jobs, single }: Plan): void {
  for (const { pictures, output } of jobs) note('found', `${output}: ${pictures.map(({ file }) => path.basename(file)).join(', ')}`);
  for (const refusal of folders.flatMap(({ refused }) => refused)) note('refused', refusal.describe());
  if (single.length > 0) note('single', `In no bracket: ${single.map(({ file }) => path.basename(file)).join(', ')}.`);
  note('plan', `${jobs.length} brackets of ${jobs.reduce((sum, { pictures }) => sum + pictures.length, 0)} pictures.`);
}

function tellResult({ job, state, seconds, messages }: Result, place: string, leftMs: number | undefined): void {
  const left = leftMs === undefined ? '' : `; about ${leftMs < 100_000 ? `${Math.ceil(leftMs / 1000)} s` : `${Math.ceil(leftMs / 60_000)} min`} left`;
  const said = state === 'failed' ? `failed: ${messages.join(' ')}` : state === 'skipped' ? 'was done before' : `fused in ${seconds.toFixed(1)} s`;
  note(state, `${place} ${job.output} ${said}${left}`);
}

function note(event: string, message: string): void {
  if (outputFormat() === 'json') writeEntry({ level: 'info', event, message });
  else process.stderr.write(`${message}\n`);
}

/** @throws UsageError */
function readGrouping({ flags: { group = 'auto' } }: Arguments): Grouping {
  if (group === 'auto') return group;
  const text = String(group);
  if (/^\d+$/.test(text)) {
    const count = Number(text);
    if (count >= GROUPS.least && count <= GROUPS.most) return count;
    throw new UsageError(`--group takes ${GROUPS.least} to ${GROUPS.most} pictures in a row, not ${text}.`);
  }
  try {
    const pattern = new RegExp(text);
    if (/(?<!\\)\((?!\?[:=!<])/.test(text) || /\(\?<\w/.test(text)) return pattern;
  } catch (error) {
    throw new UsageError(`--group: ${(error as Error).message}`);
  }
  throw new UsageError(`--group "${text}" is auto, a number, or a pattern with a group in parentheses, as in '(house\\d+)-[abc]'.`);
}

/** @throws UsageError */
function readFormat({ flags: { format = 'jpg' } }: Arguments): string {
  const extension = `.${String(format)}`;
  if (EXTENSIONS.includes(extension)) return extension;
  throw new UsageError(`--format is one of ${EXTENSIONS.map((one) => one.slice(1)).join(', ')}, not "${String(format)}".`);
}

/** @throws UsageError */
function readJobs({ flags: { jobs } }: Arguments): number {
  if (jobs === undefined) return availableParallelism();
  const count = Number(jobs);
  if (Number.isInteger(count) && count >= 1 && count <= 256) return count;
  throw new UsageError(`--jobs takes a number from 1 to 256, not "${String(jobs)}".`);
}

/** Those of `fuse`, checked before anything starts. @throws UsageError */
function readOptions(given: Arguments): string[] {
  readLook(given);
  readAlign(given);
  return [...Object.keys(LOOK_FLAGS), ...Object.keys(ALIGN_FLAG)].flatMap((name) => {
    const value = given.flags[name];
    if (value === undefined) return [];
    return value === true ? [`--${name}`] : [`--${name}=${String(value)}`];
  });
}
