/** What came of a batch: a file for programs, and a page for people. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
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
  writeFileSync(json, `${JSON.stringify({ brackets: rows }, undefined, 2)}\n`);
  writeFileSync(page, await contactPage(out, results, depot));
  for (const file of [json, page]) await depot.keep(file);
  return { json, page };
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
