/** Where the server's thread begins: loads the routes, listens, and stands back behind the threads that work for the pictures. */
import './no-client';
import { parentPort, workerData } from 'node:worker_threads';
import { GstIplError } from '../../core/errors';
import { standBack } from '../../core/thread-priority';
import type { RouteModule } from './app';
import { Desk } from './desk';
import { Figures } from './figures';
import type { FromThread, ThreadSettings, ToThread } from './protocol';
import { HttpServer } from './server';

/** Behind those that fuse (5 of niceness), too: where cores are short, it gets a quarter of one at most. */
const STEPS_BACK = 10;

async function begin(settings: ThreadSettings): Promise<void> {
  const post = (message: FromThread): void => parentPort?.postMessage(message);
  const desk = new Desk(settings.rates, post);
  const figures = new Figures();
  // Modules are named by the program, never by a client.
  const loaded = await Promise.all(settings.modules.map(async ({ module, data }) => [(await import(module)) as RouteModule, data] as const));
  const server = new HttpServer({ ...settings, figures, warn: (message) => post({ type: 'warning', message }) }, (app) => {
    for (const [module, data] of loaded) module.addRoutes(app, { desk, figures }, data);
  });
  parentPort?.on('message', (message: ToThread) => {
    if (message.type !== 'close') return desk.onReply(message);
    void server.close().then(() => process.exit());
  });
  try {
    post({ type: 'listening', port: await server.listen() });
  } catch (error) {
    if (!(error instanceof GstIplError)) throw error;
    post({ type: 'deaf', message: error.message, hint: error.hint });
    parentPort?.close();
    return;
  }
  standBack(STEPS_BACK);
}

void begin(workerData as ThreadSettings);
