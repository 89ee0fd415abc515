/** Where a thread that works on photographs begins. */
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { messageOf } from '../../core/errors';
import { takeKernels } from '../../ipl/kernels';
import type { Reply, Request, StillThreadSettings } from './still-tasks';
import { StillWork } from './still-work';

async function begin(port: MessagePort): Promise<void> {
  takeKernels((workerData as StillThreadSettings).kernels);
  const loaded = StillWork.load();
  const answer = async ({ id, task }: Request): Promise<Reply> => {
    try {
      return { id, result: await (await loaded).run(task) };
    } catch (error) {
      return { id, error: messageOf(error) };
    }
  };
  port.on('message', (request: Request) => void answer(request).then((reply) => port.postMessage(reply)));
  await loaded;
}

if (parentPort) void begin(parentPort).catch(() => undefined); // Whoever asks for something hears of it.
