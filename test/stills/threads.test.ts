/** Threads that work on photographs, and the memory that they share. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { planeLayout } from '../../plugin/core/frames/video-layout';
import { keptThreads } from '../../plugin/core/kept-threads';
import { NATURAL } from '../../plugin/ipl/engine/look';
import { buildKernels } from '../../plugin/ipl/kernels/build';
import { fuseStills } from '../../plugin/stills';
import { PlaneMemory } from '../../plugin/stills/plane-memory';
import { StillThreads } from '../../plugin/stills/threads/still-threads';
import type { SmoothTask } from '../../plugin/stills/threads/still-tasks';
import { temporaryFolder } from '../support/folder';
import { raw } from './pictures';

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

test.serial('a bracket has the memory of the one before, and no trace of what was in it', async (t) => {
  const folder = temporaryFolder();
  const [width, height] = [77, 51];
  const files = [0.5, 1, 2].map((gain) => path.join(folder, `${gain}.png`));
  for (const [index, gain] of [0.5, 1, 2].entries()) {
    const pixels = Uint8Array.from({ length: 3 * width * height }, (_, at) => Math.min(255, gain * (20 + (at % (3 * width)) / 2) + (at % 7)));
    await raw(pixels, width, height).png().toFile(files[index]);
  }
  const fuse = async (): Promise<Buffer> => {
    const output = path.join(folder, 'out.png');
    await fuseStills(files, output, { align: true, crop: false, reference: undefined, look: NATURAL, software: 'test', tell: () => undefined });
    return readFileSync(output);
  };
  const first = await fuse();
  const { size } = planeLayout('Y444', width, height);
  const [memory, other] = [new PlaneMemory(), new PlaneMemory()];
  const taken = files.map(() => memory.take(size).fill(255));
  t.true(taken.every((planes) => planes.buffer !== other.take(size).buffer));
  memory.giveBack();
  t.deepEqual(await fuse(), first);
  const again = new PlaneMemory();
  t.deepEqual(new Set(files.map(() => again.take(size).buffer)), new Set(taken.map(({ buffer }) => buffer)));
});
