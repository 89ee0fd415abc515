/** Where a worker thread begins: loads onnxruntime, which must not be interrupted, and what works with it (worker-loop.ts). */
import { parentPort, workerData } from 'node:worker_threads';
import { NativeSection } from './native-section';
import type { WorkerSettings } from './worker-messages';

async function begin(settings: WorkerSettings): Promise<void> {
  const section = new NativeSection(settings.section);
  const { fuseOnThread } = await section.run(() => import('./worker-loop'));
  if (parentPort) await fuseOnThread(parentPort, settings, section);
}

void begin(workerData as WorkerSettings);
