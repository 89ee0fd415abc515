/** What came of a batch: a file for programs, and a page for people. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
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
  writeFileSync(json, `${JSON.stringify({ brackets: rows }, undefined, 2)}\n`);
  const all: Shown[] = [];
  for (const result of results) all.push(await shown(out, result, depot));
  writeFileSync(page, contactPage(all));
  for (const file of [json, page]) await depot.keep(file);
  return { json, page };
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
