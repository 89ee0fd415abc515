/** Mending behind the statistics: it sees the nodes that these bring along, and what it changed is measured again. */
import test from 'ava';
import { depthOf, planeLayout, type PixelFormat, type PlaneLayout } from '../../../plugin/core/frames/video-layout';
import type { FusionTask } from '../../../plugin/ipl/engine/fusion-task';
import { mend } from '../../../plugin/ipl/engine/mend';
import { NodeGrid } from '../../../plugin/ipl/engine/mend/node-grid';
import { FusionKernels, nodesAlong, type Shift } from '../../../plugin/ipl/kernels';
import { blockSize } from '../../../plugin/ipl/network/slice-plan';
import { cpuEngine } from '../engines';
import { random } from '../kernels/cases';

function noise(layout: PlaneLayout, seed: number): Uint8Array {
  const next = random(seed);
  const payload = Uint8Array.from({ length: layout.size }, () => next() * 256);
  // Samples of ten bits have no others.
  const bits = layout.format === 'P010_10LE' ? 0xffc0 : 0x03ff;
  if (depthOf(layout.format) === 10) new Uint16Array(payload.buffer).forEach((sample, at, all) => void (all[at] = sample & bits));
  return payload;
}

for (const format of ['I420', 'NV12', 'Y444', 'I420_10LE', 'P010_10LE'] as const satisfies readonly PixelFormat[]) {
  test(`the statistics bring along the nodes that mending would look at (${format})`, async (t) => {
    const kernels = await FusionKernels.load();
    for (const block of [8, 16, 32, 64]) {
      const layout = planeLayout(format, 199, 151);
      const payloads = [1, 2].map((seed) => noise(layout, seed));
      const [columns, rows] = [Math.ceil(199 / block), Math.ceil(151 / block)];
      kernels.configure({ layout, range: 'limited', reference: 0, exposures: 2, block });
      for (const shift of depthOf(format) === 8 ? [undefined, { x: 6, y: -4 }, { x: -300, y: 200 }] : [undefined]) {
        const shifts: (Shift | undefined)[] = [undefined, shift];
        const nodes = payloads.map(() => new Uint8Array(nodesAlong(199, block) * nodesAlong(151, block)));
        kernels.statistics(payloads, 0, rows, new Float32Array(2 * 15 * rows * columns), rows, 0, shifts, nodes);
        const grid = new NodeGrid(layout, block);
        for (const [exposure, payload] of payloads.entries()) t.deepEqual(nodes[exposure], grid.codesOf(payload, shifts[exposure]), `${block}, ${exposure}`);
      }
      t.throws(() => kernels.statistics(payloads, 0, rows, new Float32Array(2 * 15 * rows * columns), rows, 0, [], [new Uint8Array(3), new Uint8Array(3)]), { message: /^The nodes has 3 elements/ });
    }
  });
}

const [WIDTH, HEIGHT] = [640, 360];
const BLOCK = blockSize(WIDTH, HEIGHT);

/** A wall, a floor that the reference loses, and a man who stands before it in the darkest only. */
function bracket(layout: PlaneLayout): Uint8Array[] {
  return [0.45, 1, 2].map((gain, exposure) => {
    const payload = new Uint8Array(layout.size).fill(128);
    for (let y = 0; y < HEIGHT; y += 1) {
      for (let x = 0; x < WIDTH; x += 1) {
        const isMan = exposure === 0 && ((x - 300) / 40) ** 2 + ((y - 240) / 70) ** 2 < 1;
        const scene = y < 120 ? 0.25 + (0.2 * x) / WIDTH : 1.3 + (0.5 * x) / WIDTH;
        payload[y * WIDTH + x] = 16 + 219 * (isMan ? 0.1 : Math.min(1, gain * scene));
      }
    }
    return payload;
  });
}

for (const shift of [undefined, { x: 6, y: -4 }]) {
  test(`what was mended is fused as if it had been mended before, ${shift ? 'and moved' : 'where it lies'}`, async (t) => {
    const layout = planeLayout('NV12', WIDTH, HEIGHT);
    const payloads = bracket(layout);
    const shifts = [shift, undefined, undefined];
    const task = { layout, range: 'limited', reference: 1 } as const;
    t.truthy(mend({ ...task, payloads, shifts }, BLOCK)[0]);
    const given = bracket(layout);
    const { plan } = await (await cpuEngine()).plan({ ...task, payloads: bracket(layout), shifts });
    await (await cpuEngine()).fuse({ ...task, payloads: given, shifts });
    // What is measured by others is not mended again.
    const measured = { statistics: await statisticsOf(payloads, layout), noise: plan.noise };
    const wanted: FusionTask = { ...task, payloads, measured };
    t.deepEqual(plan.coefficients, (await (await cpuEngine()).plan(wanted)).plan.coefficients);
    await (await cpuEngine()).fuse(wanted);
    t.true(Buffer.from(given[1] ?? []).equals(Buffer.from(payloads[1] ?? [])));
  });
}

/** Of exposures as they are. */
async function statisticsOf(payloads: readonly Uint8Array[], layout: PlaneLayout): Promise<Float32Array> {
  const kernels = await FusionKernels.load();
  kernels.configure({ layout, range: 'limited', reference: 1, exposures: payloads.length, block: BLOCK });
  const [columns, rows] = [Math.ceil(WIDTH / BLOCK), Math.ceil(HEIGHT / BLOCK)];
  const statistics = new Float32Array(payloads.length * 15 * rows * columns);
  kernels.statistics(payloads, 0, rows, statistics, rows);
  return statistics;
}
