import { existsSync, mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { GstIplError } from '../../core/errors';
import { folderIdentity } from '../../core/files/file-identity';
import { requireMakeableFolder } from '../../core/files/paths';
import { optionsFor } from '../../batch/job';
import { planBatch, type Job, type Plan, type PlanSettings } from '../../batch/plan';
import type { Result } from '../../batch/run-batch';
import type { Folder } from '../../batch/find-photographs';
import { UsageError, type Arguments, type Command } from '../arguments';
import { JOBS_FLAG, readJobs } from '../jobs-flag';
import { note } from '../note';
import { INTERRUPTED } from '../output';
import { version } from '../../core/package-version';
import { QUEUE_FLAG, readQueue, readShared, SHARED_FLAG } from '../queue-flags';
import { localRunner, queueRunner, type Queued } from '../batch-runners';
import { readFormat, readGrouping, readOptions, readSegment, SEGMENT } from '../batch-flags';
import { Places } from '../places';
import { ALIGN_FLAG, BITS_FLAG, HDR_FLAGS, LOOK_FLAGS } from '../still-flags';
import { atStopSignal } from '../stop-signal';

export const batchCommand: Command = {
  name: 'batch',
  synopsis: 'FOLDER [FOLDER ...] -o OUT',
  summary: 'Finds the brackets in folders of photographs and recordings, and fuses each, on all cores or many machines. Finished ones are skipped.',
  positionals: [1, Infinity],
  flags: {
    output: { type: 'string', short: 'o', value: 'OUT', summary: 'The folder of the fused pictures, of report.json and of index.html, a page with all of them. It and the FOLDERs may be s3://BUCKET/FOLDER.' },
    group: { type: 'string', value: 'auto|N|PATTERN', summary: 'How pictures are grouped. auto: by time and exposure in Exif; N: every N in a row, by name; PATTERN: a regular expression with groups, those whose groups match the same text. Default: auto.' },
    'dry-run': { type: 'boolean', summary: 'Lists the brackets, and does nothing else.' },
    format: { type: 'string', value: 'jpg|png|tif|webp|avif|exr|hdr', summary: 'Format of the fused pictures; with --hdr jpg, avif, exr or hdr. Default: jpg.' },
    alternating: { type: 'boolean', summary: 'Each recording is one whose exposures alternate. Without it three recordings are fused into one: night-under.mp4, night-mid.mp4, night-over.mp4, or as --group says.' },
    segment: { type: 'string', value: 'SECONDS', summary: `Long recordings are fused in segments of about so many seconds, side by side or on many machines, and joined without encoding again. Default: ${SEGMENT.default}.` },
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
    const settings = { lanes: readJobs(given), every: readSegment(given), options: readOptions(given, extension), queue: readWhere(given) };
    const places = await Places.of([...given.positionals, out, settings.queue?.shared ?? '']);
    try {
      return await runBatch(given, places, { ...settings, planned, out: places.here(out) });
    } finally {
      places.close();
    }
  },
};

async function runBatch({ positionals, flags }: Arguments, places: Places, settings: Settings): Promise<number> {
  const { out } = settings;
  const inputs: string[] = [];
  for (const named of positionals) {
    const folder = await places.fetched(named);
    if (!existsSync(folder) || !statSync(folder).isDirectory()) throw new GstIplError('missing-file', `"${named}" is no folder.`);
    inputs.push(folder);
  }
  if (existsSync(out) && !statSync(out).isDirectory()) throw new UsageError(`The output "${out}" is a file; name a folder.`);
  // What lies in it is none of the inputs, or fused pictures would be fused.
  if (inputs.some((folder) => folderIdentity(folder) === folderIdentity(out))) throw new UsageError(`The output "${places.nameOf(out)}" is the folder of the photographs itself; name another, which may lie in it.`);
  requireMakeableFolder(out);
  // As in fuse, what is not needed for a usage error is loaded late.
  const { findPhotographs } = await import('../../batch/find-photographs');
  const folders = await findPhotographs(inputs, out);
  const plan = planBatch(folders, settings.planned);
  tellFound(folders, plan);
  tellRecordings(plan, settings.options);
  if (plan.jobs.length > 0 && flags['dry-run'] === true) return 0;
  if (plan.jobs.length === 0) throw new GstIplError('no-pictures', 'There is no bracket to fuse.', { hint: 'Say what is one: --group 3, or --group with a pattern of names.' });
  mkdirSync(out, { recursive: true });
  return fuseAll(plan, places, settings);
}

interface Settings {
  readonly planned: PlanSettings;
  readonly out: string;
  /** Jobs at once. */
  readonly lanes: number;
  /** Seconds of a segment. */
  readonly every: number;
  readonly options: readonly string[];
  /** Undefined for this machine alone. */
  readonly queue: Queued | undefined;
}

async function fuseAll(plan: Plan, places: Places, { out, lanes, every, options, queue }: Settings): Promise<number> {
  const [{ BatchRun }, { writeReports }] = await Promise.all([import('../../batch/run-batch'), import('../../batch/report')]);
  const files = plan.jobs.flatMap((job) => [...job.files, path.join(out, job.output)]);
  const { runner, placeOf } = queue ? await queueRunner(places, queue, files, every) : await localRunner(places, lanes, every);
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
  const results = await run.run(plan.jobs, { out, options, version: version(), placeOf, depot: places.depot, tell });
  await runner.close();
  if (stopped) {
    note('ended', queue ? 'Stopped; the jobs are still in the queue, and the same command follows them.' : 'Stopped; run the same again to go on.');
    return INTERRUPTED;
  }
  const { json, page } = await writeReports(out, results, places.depot);
  const count = (state: Result['state']): number => results.filter((result) => result.state === state).length;
  note('ended', `${count('fused')} fused, ${count('skipped')} were done before, ${count('failed')} failed, in ${((performance.now() - start) / 1000).toFixed(1)} s: ${places.nameOf(page)}, ${places.nameOf(json)}`);
  return count('failed') === 0 ? 0 : 1;
}

function tellFound(folders: readonly Folder[], { jobs, single }: Plan): void {
  for (const { files, output } of jobs) note('found', `${output}: ${files.map((file) => path.basename(file)).join(', ')}`);
  for (const { error } of folders.flatMap(({ refused }) => refused)) note('refused', error.describe());
  if (single.length > 0) note('single', `In no bracket: ${single.map((file) => path.basename(file)).join(', ')}.${hintFor(folders, single)}`);
  const count = (kind: Job['kind']): string => {
    const those = jobs.filter((job) => job.kind === kind);
    const [one, parts] = kind === 'photographs' ? ['bracket', 'pictures'] : ['recording', 'files'];
    return those.length > 0 ? `${those.length} ${one}${those.length === 1 ? '' : 's'} of ${those.reduce((sum, { files }) => sum + files.length, 0)} ${parts}` : '';
  };
  note('plan', `${[count('photographs'), count('recording')].filter(Boolean).join(', ') || 'No bracket'}.`);
}

/** How to say what belongs together, where cameras did not. */
function hintFor(folders: readonly Folder[], single: readonly string[]): string {
  const unsaid = folders.flatMap(({ photographs }) => photographs).filter(({ file, taken, exposure }) => single.includes(file) && (taken === undefined || !exposure));
  if (unsaid.length === 0) return '';
  return ` ${unsaid.length === 1 ? 'One' : unsaid.length} of them ${unsaid.length === 1 ? 'has' : 'have'} no time or exposure in Exif: --group 3 takes three in a row by name, --group '(house\\d+)-[abc]' those of whose names the parentheses hold the same.`;
}

/** Of what is said of photographs, graphs have a part. */
function tellRecordings({ jobs }: Plan, options: readonly string[]): void {
  const left = options.filter((option) => !optionsFor('recording', options).includes(option));
  if (left.length === 0 || !jobs.some(({ kind }) => kind === 'recording')) return;
  note('notice', `${left.map((option) => option.split('=')[0]).join(', ')} ${left.length === 1 ? 'is' : 'are'} for photographs: recordings are fused without.`);
}

function tellResult({ job, state, seconds, messages }: Result, place: string, leftMs: number | undefined): void {
  const left = leftMs === undefined ? '' : `; about ${leftMs < 100_000 ? `${Math.ceil(leftMs / 1000)} s` : `${Math.ceil(leftMs / 60_000)} min`} left`;
  const said = state === 'failed' ? `failed: ${messages.join(' ')}` : state === 'skipped' ? 'was done before' : `fused in ${seconds.toFixed(1)} s`;
  note(state, `${place} ${job.output} ${said}${left}`);
}

/** @throws UsageError */
function readWhere(given: Arguments): Settings['queue'] {
  if (given.flags.queue !== undefined && given.flags.jobs !== undefined) throw new UsageError('With --queue each worker says how many jobs it does at once: gst-ipl worker --jobs.');
  if (given.flags.queue !== undefined) return { address: readQueue(given), shared: readShared(given) };
  if (given.flags.shared !== undefined) throw new UsageError('--shared is for many machines; name their queue: --queue redis://HOST');
  return undefined;
}
