/**
 * A fusion thread: serves one pool after the other, and rests in between (core/kept-threads.ts). Loads onnxruntime, which must
 * not be interrupted, and what works with it (worker-loop.ts).
 */
import { parentPort, type MessagePort } from 'node:worker_threads';
import { standBack } from '../../core/thread-priority';
import { NativeSection } from './native-section';
import type { Reply, Request, WorkerSettings } from './worker-messages';
import type { Service } from './worker-loop';

let service: Service | undefined;

function onRequest(port: MessagePort, request: Request): void {
  if (request.type === 'begin') void begin(port, request.settings);
  else if (request.type === 'rest') void rest(port);
  else service?.serve(request);
}

async function begin(port: MessagePort, settings: WorkerSettings): Promise<void> {
  const section = new NativeSection(settings.section);
  const { startService } = await section.run(() => import('./worker-loop'));
  service = await startService(port, settings, section);
}

async function rest(port: MessagePort): Promise<void> {
  const fit = (await service?.end()) ?? false;
  service = undefined;
  port.postMessage({ type: 'rests', fit } satisfies Reply);
}

if (parentPort) {
  const port = parentPort;
  standBack();
  port.on('message', (request: Request) => onRequest(port, request));
}
