/** The worker thread: owns the session, the kernels and the cache, and fuses one set at a time. */
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { asGstIplError } from '../core/errors';
import { FusionEngine } from './fusion-engine';
import { FusionKernels } from './kernels';
import { loadModel } from './model';
import type { Reply, Request, WorkerSettings } from './worker-protocol';

async function main(port: MessagePort, settings: WorkerSettings): Promise<void> {
  const reply = (message: Reply, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer);
  const fail = (error: unknown, id: number | undefined): void => {
    const { code, message, hint } = asGstIplError(error, 'worker-failed');
    reply({ type: 'failed', id, code, message, hint });
  };

  let engine: FusionEngine;
  try {
    const [model, kernels] = await Promise.all([loadModel(settings.model), FusionKernels.load()]);
    engine = new FusionEngine(model, kernels, settings);
  } catch (error) {
    fail(error, undefined);
    return;
  }

  const fuse = async ({ id, task }: Extract<Request, { type: 'fuse' }>): Promise<void> => {
    try {
      const { sceneCut } = await engine.fuse(task);
      const payload = task.payloads[task.reference];
      if (!payload) throw new RangeError('The reference is not among the exposures.');
      reply({ type: 'fused', id, payload, sceneCut }, [payload.buffer as ArrayBuffer]);
    } catch (error) {
      fail(error, id);
    }
  };

  // Tasks follow one another: the cache of one is the beginning of the next.
  let last = Promise.resolve();
  port.on('message', (request: Request) => {
    if (request.type === 'close') port.close();
    if (request.type === 'reset') last = last.then(() => engine.reset());
    if (request.type === 'fuse') last = last.then(() => fuse(request));
  });
  reply({ type: 'ready' });
}

if (parentPort) void main(parentPort, workerData as WorkerSettings);
