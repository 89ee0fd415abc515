/** What came of a batch, as a page: no script, nothing from elsewhere, in light and dark. */
import path from 'node:path';
import type { Result } from './run-batch';

/** Pixels of a thumbnail's longer side, which is what a column is wide at most. */
export const THUMBNAIL = 320;

/** One of them, with its thumbnail as a JPEG where there is one. */
export interface Shown {
  readonly result: Result;
  readonly thumbnail: Buffer | undefined;
}

const STYLE = `
:root { color-scheme: light dark; --page: light-dark(#f4f4f2, #1b1c1e); --card: light-dark(#fff, #27292c); --quiet: light-dark(#5c5f63, #a2a6ab); --bad: light-dark(#b3261e, #ff8a80); }
body { font: 15px/1.45 system-ui, sans-serif; margin: 0 auto; padding: 1.5rem; max-width: 110rem; background: var(--page); }
h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.1rem; margin: 2rem 0 .75rem; }
.quiet { color: var(--quiet); } header p { margin: .25rem 0 0; }
ul, ol { list-style: none; margin: 0; padding: 0; }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 15rem), 1fr)); gap: 1rem; margin-top: 1.5rem; }
.grid li, .failed li { background: var(--card); border-radius: .5rem; overflow: hidden; overflow-wrap: anywhere; }
.failed li { border-left: .3rem solid var(--bad); padding: .75rem 1rem; margin-bottom: .75rem; } .failed b { color: var(--bad); }
img, video { display: block; width: 100%; aspect-ratio: 3 / 2; object-fit: contain; background: light-dark(#e4e4e0, #111214); }
.said { padding: .6rem .8rem .8rem; font-size: .85rem; } .said a { font-weight: 600; font-size: .95rem; }
a { color: inherit; text-decoration-color: var(--quiet); } a:focus-visible, summary:focus-visible { outline: .2rem solid #4c8dff; outline-offset: .1rem; }
details { margin-top: .4rem; } summary { cursor: pointer; padding: .2rem 0; } details p { margin: .3rem 0 0; }`;

export function contactPage(all: readonly Shown[]): string {
  const failed = all.filter(({ result }) => result.state === 'failed');
  const made = all.filter(({ result }) => result.state !== 'failed');
  const title = titleOf(all);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${STYLE}
</style>
<header><h1>${title}</h1><p class="quiet">${summaryOf(all)}</p></header>
<main>
${failed.length === 0 ? '' : `<h2>Failed</h2>\n<ul class="failed">\n${failed.map(failure).join('\n')}\n</ul>\n<h2>Fused</h2>\n`}<ol class="grid">
${made.map(card).join('\n')}
</ol>
</main>
</html>
`;
}

function titleOf(all: readonly Shown[]): string {
  const count = (kinds: readonly string[], name: string): string => {
    const { length } = all.filter(({ result }) => kinds.includes(result.job.kind));
    return length === 0 ? '' : `${length} ${name}${length === 1 ? '' : 's'}`;
  };
  return [count(['photographs'], 'bracket'), count(['recording'], 'recording')].filter(Boolean).join(', ') || 'No bracket';
}

function summaryOf(all: readonly Shown[]): string {
  const words = { fused: 'fused', skipped: 'done before', failed: 'failed' } as const;
  const states = Object.keys(words) as (keyof typeof words)[];
  return states.map((state) => [all.filter(({ result }) => result.state === state).length, words[state]] as const).filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`).join(', ');
}

const inputsOf = ({ job }: Result): string => escaped(job.files.map((file) => path.basename(file)).join(', '));

function failure({ result }: Shown): string {
  return `<li><b>${escaped(result.job.output)}</b><br>${escaped(result.messages.join(' '))}<br><span class="quiet">${inputsOf(result)}</span></li>`;
}

function card({ result, thumbnail }: Shown): string {
  const { job, seconds, state, messages } = result;
  const [name, link] = [escaped(job.output), linkTo(job.output)];
  const picture = job.kind === 'recording'
    ? `<video controls preload="metadata" aria-label="${name}" src="${link}"></video>`
    : thumbnail ? `<a href="${link}" tabindex="-1"><img alt="${name}" src="data:image/jpeg;base64,${thumbnail.toString('base64')}"></a>` : '';
  const told = messages.length === 0 ? '' : `<details><summary>What was done</summary>${messages.map((message) => `<p>${escaped(message)}</p>`).join('')}</details>`;
  return `<li>${picture}<div class="said"><a href="${link}">${name}</a><br><span class="quiet">${inputsOf(result)}${state === 'fused' ? ` · ${seconds.toFixed(1)} s` : ''}</span>${told}</div></li>`;
}

const linkTo = (place: string): string => escaped(encodeURI(place).replaceAll('#', '%23').replaceAll('?', '%3F'));

/** What a name or a message may hold: no markup, and no line of its own. */
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
