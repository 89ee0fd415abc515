/** What came of a batch: a file for programs, and a page for people. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { GstIplError, messageOf } from '../core/errors';
import { OutputFile } from '../core/files/output-file';
import { ON_DISK, type Depot } from '../core/files/depot';
import { thumbnailOf } from '../stills';
import type { Result } from './run-batch';

const THUMBNAIL = 320;

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
  await write(page, await contactPage(out, results, depot), depot);
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

async function contactPage(out: string, results: readonly Result[], depot: Depot): Promise<string> {
  const figures: string[] = [];
  for (const result of results) figures.push(await figureOf(out, result, depot));
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Fused photographs</title>
<style>
body { font: 14px system-ui, sans-serif; margin: 2em; background: #222; color: #ddd; }
main { display: grid; grid-template-columns: repeat(auto-fill, minmax(${THUMBNAIL}px, 1fr)); gap: 1.5em; }
figure { margin: 0; } img, video { max-width: 100%; } a { color: inherit; } .failed { color: #f88; }
</style>
<h1>${results.length === 1 ? "1 bracket" : `${results.length} brackets`}</h1>
<main>
${figures.join('\n')}
</main>
</html>
`;
}

async function figureOf(out: string, { job, state, messages }: Result, depot: Depot): Promise<string> {
  const names = escaped(job.files.map((file) => path.basename(file)).join(', '));
  if (state === 'failed') return `<figure class="failed"><figcaption>${escaped(job.output)}: ${escaped(messages.join(' '))}<br>${names}</figcaption></figure>`;
  const link = escaped(encodeURI(job.output).replaceAll('#', '%23').replaceAll('?', '%3F'));
  if (job.kind === 'recording') return `<figure><video controls preload="metadata" src="${link}"></video><figcaption><a href="${link}">${escaped(job.output)}</a><br>${names}</figcaption></figure>`;
  const file = path.join(out, job.output);
  const image = await depot.fetch([file]).then(() => thumbnailOf(file, THUMBNAIL)).catch(() => undefined);
  depot.release([file]);
  const picture = image ? `<img alt="" src="data:image/jpeg;base64,${image.toString('base64')}">` : '';
  return `<figure><a href="${link}">${picture}</a><figcaption>${escaped(job.output)}<br>${names}</figcaption></figure>`;
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
