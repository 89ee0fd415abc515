/** What the preview page asks for, in the server's thread: itself, pictures, the state, a snapshot; and the one thing that it may change. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { App, AppContext, Site } from '../observe/http/app';
import { Kept } from '../observe/http/kept';
import type { PageData, ParameterQuestion, StillFile } from './answers';
import { Downloads } from './downloads';
import { packPictures, type Pictures } from './picture-packet';
import { Viewers } from './viewers';

/** Every file of the page by the path it is served at: nothing else is ever read from the disk. */
const FILES: Readonly<Record<string, readonly [file: string, type: string]>> = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/page.css': ['page.css', 'text/css; charset=utf-8'],
  '/icon.svg': ['icon.svg', 'image/svg+xml'],
  ...Object.fromEntries(
    ['page', 'dom', 'viewer', 'packet', 'wipe', 'weights', 'pixel-view', 'line-up', 'moved', 'controls', 'charts', 'chart-kinds', 'diagram', 'layers'].map((name) => [
      `/${name}.mjs`, [`${name}.mjs`, 'text/javascript; charset=utf-8'],
    ]),
  ),
};

/** Charts: https://github.com/leeoniya/uPlot, MIT. By file of its package. */
const LIBRARY: Readonly<Record<string, readonly [file: string, type: string]>> = {
  '/uPlot.mjs': ['uplot/dist/uPlot.esm.js', 'text/javascript; charset=utf-8'],
  '/uPlot.css': ['uplot/dist/uPlot.min.css', 'text/css; charset=utf-8'],
};

/** A page gives up after five seconds (PATIENCE_MS in page/page.mjs). */
const STATE = { freshMs: 250, patienceMs: 4_000 };

/** One is made and the next waits for its rest: at 4K, five seconds. */
const STILL = { freshMs: 0, patienceMs: 20_000 };

export function addRoutes(app: App, { desk }: Site, data: unknown): void {
  const { streams } = data as PageData;
  const state = new Kept(async () => Buffer.from(await desk.ask<string>('state')), STATE);
  const still = new Kept(() => desk.ask<StillFile | undefined>('still', undefined, STILL.patienceMs), STILL);
  const viewers = new Viewers((question) => desk.ask<Pictures | undefined>('pictures', question));
  const downloads = new Downloads();
  const library = createRequire(__filename);
  const places = [
    ...Object.entries(FILES).map(([url, [file, type]]) => [url, path.join(__dirname, 'page', file), type] as const),
    ...Object.entries(LIBRARY).map(([url, [file, type]]) => [url, library.resolve(file), type] as const),
  ];
  for (const [url, file, type] of places) {
    const body = readFileSync(file);
    app.get(url, (context) => context.body(body, 200, { 'Content-Type': type, 'Cache-Control': 'no-cache' }));
  }
  app.get('/api/state', async (context) => context.body(await state.get(), 200, { 'Content-Type': 'application/json' }));
  app.get('/api/pictures', (context) => answerPictures(context, viewers, streams));
  app.get('/api/snapshot', async (context) => {
    if (downloads.full) return busy(context, 'Too many snapshots are on their way.');
    const made = await still.get();
    if (!made) return context.json({ error: 'There is no frame yet.' }, 503);
    downloads.add(made, context.env.outgoing);
    return context.body(made.file, 200, {
      'Content-Type': 'image/png',
      'Content-Disposition': `attachment; filename="${streams[0]}-${made.seconds.toFixed(3)}s.png"`,
    });
  });
  app.post('/api/parameters', async (context) => {
    const change = readChange(context);
    if (change instanceof Response) return change;
    const value = await desk.ask('parameter', change);
    state.forget();
    return context.json({ path: change.path, value });
  });
}

/** `?after=7&streams=0,2`: the newest instant after number 7, of the fused picture and the second exposure. */
async function answerPictures(context: AppContext, viewers: Viewers, streams: readonly string[]): Promise<Response> {
  const after = Number(context.req.query('after') ?? 0);
  const asked = (context.req.query('streams') ?? '0').split(',').map(Number);
  const exists = (stream: number): boolean => Number.isInteger(stream) && stream >= 0 && stream < streams.length;
  if (!Number.isFinite(after) || asked.length > streams.length || !asked.every(exists)) {
    return context.json({ error: `Streams are numbers from 0 to ${streams.length - 1}.` }, 400);
  }
  if (viewers.busy) return busy(context, 'Too many viewers wait for frames.');
  const pictures = await viewers.next({ after, streams: asked }, context.req.raw.signal);
  if (!pictures) return context.body(null, 204);
  return context.body(packPictures(pictures, asked), 200, { 'Content-Type': 'application/octet-stream' });
}

function busy(context: AppContext, error: string): Response {
  return context.json({ error }, 503, { 'Retry-After': '1' });
}

function readChange(context: AppContext): ParameterQuestion | Response {
  // A form of another site cannot send this type without asking first (CORS), and is never allowed to.
  if (!/^application\/json\b/i.test(context.req.header('content-type') ?? '')) {
    return context.json({ error: 'A parameter is set by JSON: {"path": "fused.strength", "value": 0.5}.' }, 415);
  }
  let body: unknown;
  try {
    body = JSON.parse(context.get('body'));
  } catch {
    return context.json({ error: 'This is not JSON.' }, 400);
  }
  const { path: name, value } = (body ?? {}) as { path?: unknown; value?: unknown };
  if (typeof name !== 'string') return context.json({ error: 'Say which parameter: {"path": "fused.strength", "value": 0.5}.' }, 400);
  return { path: name, value };
}
