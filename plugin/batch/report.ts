/** What came of a batch: a file for programs, and a page for people. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { GstIplError, messageOf } from '../core/errors';
import { OutputFile } from '../core/files/output-file';
import { ON_DISK, type Depot } from '../core/files/depot';
import { thumbnailOf } from '../stills';
import { contactPage, THUMBNAIL, type Shown } from './contact-page';
import type { Result } from './run-batch';

export interface ReportFiles {
  readonly json: string;
  readonly page: string;
}

/** Writes both into the folder of the outputs. */
export async function writeReports(out: string, results: readonly Result[], depot: Depot = ON_DISK): Promise<ReportFiles> {
  const [json, page] = [path.join(out, 'report.json'), path.join(out, 'index.html')];
  const rows = results.map(({ job, state, seconds, messages }) => ({
    output: job.output, state, seconds: Math.round(100 * seconds) / 100, files: job.files, messages,
  }));
  await write(json, `${JSON.stringify({ brackets: rows }, undefined, 2)}\n`, depot);
  const all: Shown[] = [];
  for (const result of results) all.push(await shown(out, result, depot));
  await write(page, contactPage(all), depot);
  return { json, page };
}

/** What was there before stays until all of it is written. @throws GstIplError `pipeline-failed` */
async function write(file: string, text: string, depot: Depot): Promise<void> {
  const output = OutputFile.at(file);
  try {
    writeFileSync(output?.temporary ?? file, text);
  } catch (error) {
    output?.remove();
    throw new GstIplError('pipeline-failed', `The report "${file}" cannot be written: ${messageOf(error)}.`, { hint: 'What was fused is in its place. Make room, and run the same again: it is not fused again.', cause: error });
  }
  await output?.finish();
  await depot.keep(file);
}

/** Thumbnails are of what is there, also of what was done before. */
async function shown(out: string, result: Result, depot: Depot): Promise<Shown> {
  const { job, state } = result;
  if (state === 'failed' || job.kind === 'recording') return { result, thumbnail: undefined };
  const file = path.join(out, job.output);
  const thumbnail = await depot.fetch([file]).then(() => thumbnailOf(file, THUMBNAIL)).catch(() => undefined);
  depot.release([file]);
  return { result, thumbnail };
}
