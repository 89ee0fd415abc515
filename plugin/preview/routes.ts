/** What the preview page asks for: itself, pictures, the state, a snapshot; and the one thing that it may change. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { GraphView } from '../core/graph-view';
import type { App, AppContext } from '../observe/http/app';
import type { PictureHub } from './picture-hub';
import { packPictures } from './picture-packet';
import { EventHistory, stateOf } from './state';

/** Every file of the page by the path it is served at: nothing else is ever read from the disk. */
const FILES: Readonly<Record<string, readonly [file: string, type: string]>> = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/page.css': ['page.css', 'text/css; charset=utf-8'],
  '/icon.svg': ['icon.svg', 'image/svg+xml'],
  ...Object.fromEntries(
    ['page', 'dom', 'viewer', 'packet', 'wipe', 'weights', 'controls', 'charts', 'diagram', 'layers'].map((name) => [
      `/${name}.mjs`, [`${name}.mjs`, 'text/javascript; charset=utf-8'],
    ]),
  ),
};

export interface PreviewParts {
  readonly view: GraphView;
  readonly hub: PictureHub;
  readonly streams: readonly string[];
}

export function addPreview(app: App, parts: PreviewParts): void {
  const { view, hub, streams } = parts;
  const history = new EventHistory(view);
  for (const [url, [file, type]] of Object.entries(FILES)) {
    const body = readFileSync(path.join(__dirname, 'page', file), 'utf8');
    app.get(url, (context) => context.body(body, 200, { 'Content-Type': type, 'Cache-Control': 'no-cache' }));
  }
  app.get('/api/state', (context) => context.json(stateOf(view, streams, history)));
  app.get('/api/pictures', (context) => answerPictures(context, parts));
  app.get('/api/snapshot', async (context) => {
    const still = await hub.still();
    if (!still) return context.json({ error: 'There is no picture yet.' }, 503);
    const seconds = (Number(still.runningTime) / 1e9).toFixed(3);
    return context.body(new Uint8Array(still.file), 200, {
      'Content-Type': 'image/png',
      'Content-Disposition': `attachment; filename="${streams[0]}-${seconds}s.png"`,
    });
  });
  app.post('/api/parameters', (context) => setParameter(context, view));
}

/** `?after=7&streams=0,2`: the newest instant after number 7, of the fused picture and the second exposure. */
async function answerPictures(context: AppContext, { hub, streams }: PreviewParts): Promise<Response> {
  const after = Number(context.req.query('after') ?? 0);
  const asked = (context.req.query('streams') ?? '0').split(',').map(Number);
  const exists = (stream: number): boolean => Number.isInteger(stream) && stream >= 0 && stream < streams.length;
  if (!Number.isFinite(after) || asked.length > streams.length || !asked.every(exists)) {
    return context.json({ error: `Streams are numbers from 0 to ${streams.length - 1}.` }, 400);
  }
  if (hub.busy) return context.json({ error: 'Too many viewers wait for pictures.' }, 503);
  const capture = await hub.next(after, context.req.raw.signal);
  if (!capture) return context.body(null, 204);
  return context.body(await packPictures(hub, capture, [...new Set(asked)]), 200, { 'Content-Type': 'application/octet-stream' });
}

function setParameter(context: AppContext, view: GraphView): Response {
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
  view.parameters.set(name, value);
  return context.json({ path: name, value: view.parameters.get(name) ?? null });
}
