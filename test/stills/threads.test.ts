/** Threads that work on photographs. */
import test from 'ava';
import { planeLayout } from '../../plugin/core/frames/video-layout';
import { keptThreads } from '../../plugin/core/kept-threads';
import { buildKernels } from '../../plugin/ipl/kernels/build';
import { StillThreads } from '../../plugin/stills/threads/still-threads';
import type { SmoothTask } from '../../plugin/stills/threads/still-tasks';

test.serial('a task that fails says why and takes no other with it; of closed threads nothing is had', async (t) => {
  await buildKernels();
  const threads = await StillThreads.start(2);
  const layout = planeLayout('Y444', 64, 32);
  const smooth = (bytes: number): SmoothTask => ({
    kind: 'smooth', layout, fused: new Uint8Array(new SharedArrayBuffer(bytes)).fill(90), exposures: 2, reference: 0, block: 16, plane: 0, reaches: [{ luma: 4, chroma: 2 }],
  });
  const [short, ...good] = await Promise.allSettled([10, layout.size, layout.size, layout.size].map((bytes) => threads.run(smooth(bytes))));
  t.like(short, { status: 'rejected', reason: { code: 'worker-failed', message: 'A thread that works on photographs failed: The frame has 10 elements; 6144 are needed.' } });
  t.deepEqual(good.map(({ status }) => status), ['fulfilled', 'fulfilled', 'fulfilled']);
  const late = threads.run(smooth(layout.size));
  const closed = threads.close();
  await t.throwsAsync(late, { code: 'worker-failed', message: /they were closed/ });
  await closed;
  await t.throwsAsync(threads.run(smooth(layout.size)), { code: 'worker-failed', message: /they were closed/ });
});

test.serial('threads that are closed serve the next picture', async (t) => {
  const layout = planeLayout('Y444', 64, 32);
  const task = (): SmoothTask => ({
    kind: 'smooth', layout, fused: new Uint8Array(new SharedArrayBuffer(layout.size)).fill(90), exposures: 2, reference: 0, block: 16, plane: 0, reaches: [{ luma: 4, chroma: 2 }],
  });
  const numbers: number[][] = [];
  for (const time of [0, 1]) {
    const threads = await StillThreads.start(2);
    await Promise.all([threads.run(task()), threads.run(task())]);
    await threads.close();
    numbers[time] = keptThreads().map(({ threadId }) => threadId).sort();
  }
  t.true(numbers[0].length >= 1);
  t.deepEqual(numbers[1].slice(0, numbers[0].length), numbers[0]);
});
