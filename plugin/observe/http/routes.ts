/** The routes of ./monitoring.ts, in the server's thread. */
import type { Health } from '../health';
import { formatSamples, PROMETHEUS_TYPE } from '../prometheus';
import type { App, Site } from './app';
import { Unavailable } from './desk';
import { Kept } from './kept';

/** A probe that looks every ten seconds waits for one, and an answer of a moment ago is as good. */
const FRESH_MS = 250;
const PATIENCE_MS = 700;

/** The chain may be held up for a while, by a camera that GStreamer says goodbye to: then the last that was known counts. */
const STALE_MS = 10_000;

/** But not for ever: whoever is not answered for so long is to be started again. */
const DEAD_MS = 60_000;

/** Until the chain answers for the first time, which it does not while it loads. */
const STARTING: Health = { status: 'starting', serving: false, over: false, notes: [], reasons: ['The chain has not answered yet.'] };

const SILENT: Health = { status: 'dead', serving: false, over: true, notes: [], reasons: ['The chain does not answer: the thread that carries its frames is held up.'] };

export function addRoutes(app: App, { desk, figures }: Site): void {
  const health = new Kept(() => desk.ask<Health>('health'), { freshMs: FRESH_MS, patienceMs: PATIENCE_MS }, STARTING);
  const metrics = new Kept(() => desk.ask<string>('metrics'), { freshMs: FRESH_MS, patienceMs: 5_000 });
  const healthWithin = async (staleMs: number): Promise<Health> => {
    try {
      return await health.get(staleMs);
    } catch (error) {
      if (error instanceof Unavailable) return SILENT;
      throw error;
    }
  };
  app.get('/metrics', async (context) => context.body((await metrics.get()) + (await formatSamples(figures.read())), 200, { 'Content-Type': PROMETHEUS_TYPE }));
  app.get('/health', async (context) => {
    const { status, serving, reasons, notes } = await healthWithin(STALE_MS);
    return context.json({ status, reasons, notes }, serving ? 200 : 503);
  });
  // A graph that waits for a camera must not be killed for it; one that is over must.
  app.get('/health/live', async (context) => {
    const { status, over, reasons } = await healthWithin(DEAD_MS);
    return context.json({ status, reasons }, over ? 503 : 200);
  });
}
