import { existsSync, mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { GstIplError } from '../../core/errors';
import { planBatch, type Grouping, type Job, type Plan } from '../../batch/plan';
import type { Result } from '../../batch/run-batch';
import type { Runner } from '../../batch/runner';
import type { RedisAddress } from '../../core/address';
import type { Folder } from '../../batch/find-photographs';
import { UsageError, type Arguments, type Command } from '../arguments';
import { JOBS_FLAG, readJobs } from '../jobs-flag';
import { note } from '../note';
import { INTERRUPTED } from '../output';
import { ownCommand } from '../own-command';
import { version } from '../../core/package-version';
import { QUEUE_FLAG, readQueue, readShared, SHARED_FLAG } from '../queue-flags';
import { ALIGN_FLAG, BITS_FLAG, EXTENSIONS, HDR_EXTENSIONS, HDR_FLAGS, LOOK_FLAGS, readAlign, readBits, readHdr, readLook } from '../still-flags';
import { atStopSignal } from '../stop-signal';

/** Fusing takes two at least; `fuse` takes nine at most. */
const GROUPS = { least: 2, most: 9 };

export const batchCommand: Command = {
  name: 'batch',
  synopsis: 'FOLDER [FOLDER ...] -o OUT',
  summary: 'Finds the brackets in folders of photographs and recordings, and fuses each, on all cores or many machines. Finished ones are skipped.',
  positionals: [1, Infinity],
  flags: {
    output: { type: 'string', short: 'o', value: 'OUT', summary: 'The folder of the fused pictures, of report.json and of index.html, a page with all of them.' },
    group: { type: 'string', value: 'auto|N|PATTERN', summary: 'How pictures are grouped. auto: by time and exposure in Exif; N: every N in a row, by name; PATTERN: a regular expression with groups, those whose groups match the same text. Default: auto.' },
    'dry-run': { type: 'boolean', summary: 'Lists the brackets, and does nothing else.' },
    format: { type: 'string', value: 'jpg|png|tif|webp|avif|exr|hdr', summary: 'Format of the fused pictures; with --hdr jpg, avif, exr or hdr. Default: jpg.' },
    alternating: { type: 'boolean', summary: 'Each recording is one whose exposures alternate. Without it three recordings are fused into one: night-under.mp4, night-mid.mp4, night-over.mp4, or as --group says.' },
    jobs: JOBS_FLAG,
    queue: { ...QUEUE_FLAG, summary: `${QUEUE_FLAG.summary} The jobs are then done by \`gst-ipl worker\`, on as many machines as there are.` },
    shared: SHARED_FLAG,
    ...ALIGN_FLAG,
    ...LOOK_FLAGS,
    ...BITS_FLAG,
    ...HDR_FLAGS,
  },
  examples: ['gst-ipl batch photos -o fused --dry-run', 'gst-ipl batch photos -o fused', "gst-ipl batch photos -o fused --group '(house\\d+)-[abc]' --format tif", 'gst-ipl batch /mnt/photos/june -o /mnt/photos/fused --queue redis://studio --shared /mnt/photos'],
  async run(given) {
    const out = given.flags.output;
    if (typeof out !== 'string') throw new UsageError('batch needs a folder for its outputs: -o OUT');
    const extension = readFormat(given);
    const planned = { grouping: readGrouping(given), extension, alternating: given.flags.alternating === true };
    const settings = { lanes: readJobs(given), options: readOptions(given, extension), queue: readWhere(given) };
    const missing = given.positionals.find((folder) => !existsSync(folder) || !statSync(folder).isDirectory());
    if (missing !== undefined) throw new GstIplError('missing-file', `"${missing}" is no folder.`);
    if (existsSync(out) && !statSync(out).isDirectory()) throw new UsageError(`The output "${out}" is a file; name a folder.`);
    // As in fuse, what is not needed for a usage error is loaded late.
    const { findPhotographs } = await import('../../batch/find-photographs');
    const folders = await findPhotographs(given.positionals, out);
    const plan = planBatch(folders, planned);
    tellFound(folders, plan);
    tellRecordings(plan, settings.options);
    if (plan.jobs.length > 0 && given.flags['dry-run'] === true) return 0;
    if (plan.jobs.length === 0) throw new GstIplError('no-pictures', 'There is no bracket to fuse.', { hint: 'Say what is one: --group 3, or --group with a pattern of names.' });
    mkdirSync(out, { recursive: true });
    return fuseAll(plan, out, settings);
  },
};

interface Settings {
  /** Jobs at once. */
  readonly lanes: number;
  readonly options: readonly string[];
  /** Undefined for this machine alone. */
  readonly queue: { readonly address: RedisAddress; readonly shared: string } | undefined;
}

async function fuseAll(plan: Plan, out: string, { lanes, options, queue }: Settings): Promise<number> {
  const [{ BatchRun }, { writeReports }] = await Promise.all([import('../../batch/run-batch'), import('../../batch/report')]);
  const { runner, placeOf } = queue ? await queueRunner(queue, plan, out) : { runner: await localRunner(lanes), placeOf: undefined };
  const run = new BatchRun(runner);
  let stopped = false;
  atStopSignal(() => {
    stopped = true;
    run.stop();
  });
  const start = performance.now();
  let worked = 0;
  const tell = (result: Result, done: number): void => {
    // Those that were done before took no time.
    worked += Number(result.state !== 'skipped');
    const left = plan.jobs.length - done;
    tellResult(result, `[${done}/${plan.jobs.length}]`, worked > 0 && left > 0 ? ((performance.now() - start) / worked) * left : undefined);
  };
  const results = await run.run(plan.jobs, { out, options, version: version(), placeOf, tell });
  await runner.close();
  if (stopped) {
    note('ended', queue ? 'Stopped; the jobs are still in the queue, and the same command follows them.' : 'Stopped; run the same again to go on.');
    return INTERRUPTED;
  }
  const { json, page } = await writeReports(out, results);
  const count = (state: Result['state']): number => results.filter((result) => result.state === state).length;
  note('ended', `${count('fused')} fused, ${count('skipped')} were done before, ${count('failed')} failed, in ${((performance.now() - start) / 1000).toFixed(1)} s: ${page}, ${json}`);
  return count('failed') === 0 ? 0 : 1;
}

async function localRunner(lanes: number): Promise<Runner> {
  const { LocalRunner } = await import('../../batch/local-runner');
  return new LocalRunner(ownCommand(), lanes);
}

async function queueRunner({ address, shared: folder }: NonNullable<Settings['queue']>, { jobs }: Plan, out: string): Promise<{ runner: Runner; placeOf: (output: string) => string }> {
  const { QueueRunner, SharedFolder, requireShared } = await import('../../queue');
  const shared = new SharedFolder(folder);
  requireShared(shared, jobs.flatMap(({ files, output }) => [...files, path.join(out, output)]));
  const runner = await QueueRunner.open(address, shared, (message) => note('queue', message, 'warning'));
  note('queue', `The jobs are in the queue ${address.shown}. gst-ipl queue --queue ${address.shown} shows it.`);
  return { runner, placeOf: (output) => shared.placeOf(output) };
}

function tellFound(folders: readonly Folder[], { jobs, single }: Plan): void {
  for (const { files, output } of jobs) note('found', `${output}: ${files.map((file) => path.basename(file)).join(', ')}`);
  for (const refusal of folders.flatMap(({ refused }) => refused)) note('refused', refusal.describe());
  if (single.length > 0) note('single', `In no bracket: ${single.map((file) => path.basename(file)).join(', ')}.`);
  const count = (kind: Job['kind']): string => {
    const those = jobs.filter((job) => job.kind === kind);
    const [one, parts] = kind === 'photographs' ? ['bracket', 'pictures'] : ['recording', 'files'];
    return those.length > 0 ? `${those.length} ${one}${those.length === 1 ? '' : 's'} of ${those.reduce((sum, { files }) => sum + files.length, 0)} ${parts}` : '';
  };
  note('plan', `${[count('photographs'), count('recording')].filter(Boolean).join(', ') || 'No bracket'}.`);
}

/** What is said of photographs is no graph's. */
function tellRecordings({ jobs }: Plan, options: readonly string[]): void {
  if (options.length === 0 || !jobs.some(({ kind }) => kind === 'recording')) return;
  note('notice', `${options.map((option) => option.split('=')[0]).join(', ')} ${options.length === 1 ? 'is' : 'are'} for photographs: recordings are fused as they are.`);
}

function tellResult({ job, state, seconds, messages }: Result, place: string, leftMs: number | undefined): void {
  const left = leftMs === undefined ? '' : `; about ${leftMs < 100_000 ? `${Math.ceil(leftMs / 1000)} s` : `${Math.ceil(leftMs / 60_000)} min`} left`;
  const said = state === 'failed' ? `failed: ${messages.join(' ')}` : state === 'skipped' ? 'was done before' : `fused in ${seconds.toFixed(1)} s`;
  note(state, `${place} ${job.output} ${said}${left}`);
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
  if (EXTENSIONS.includes(extension) || HDR_EXTENSIONS.includes(extension)) return extension;
  throw new UsageError(`--format is one of ${EXTENSIONS.map((one) => one.slice(1)).join(', ')}, not "${String(format)}".`);
}

/** @throws UsageError */
function readWhere(given: Arguments): Settings['queue'] {
  if (given.flags.queue !== undefined && given.flags.jobs !== undefined) throw new UsageError('With --queue each worker says how many jobs it does at once: gst-ipl worker --jobs.');
  if (given.flags.queue !== undefined) return { address: readQueue(given), shared: readShared(given) };
  if (given.flags.shared !== undefined) throw new UsageError('--shared is for many machines; name their queue: --queue redis://HOST');
  return undefined;
}

/** Those of `fuse`, checked before anything starts. @throws UsageError */
function readOptions(given: Arguments, extension: string): string[] {
  readHdr(given, extension);
  readBits(given, extension);
  readLook(given);
  readAlign(given);
  return [...Object.keys(LOOK_FLAGS), ...Object.keys(ALIGN_FLAG), ...Object.keys(BITS_FLAG), ...Object.keys(HDR_FLAGS)].flatMap((name) => {
    const value = given.flags[name];
    if (value === undefined) return [];
    return value === true ? [`--${name}`] : [`--${name}=${String(value)}`];
  });
}
