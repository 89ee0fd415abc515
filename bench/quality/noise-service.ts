/**
 * Serves the product's noise measure and the smoothing of its kernels to models/train/study/noise.py.
 *
 * Input: one line of JSON (Request), then the lumas, tightly packed, full range. Output: one line of JSON, then `bytes` bytes.
 */
import type { Readable, Writable } from 'node:stream';
import { planeLayout } from '../../plugin/core/frames/video-layout';
import { FusionKernels } from '../../plugin/ipl/kernels';
import { buildKernels } from '../../plugin/ipl/kernels/build';
import { noiseLevel } from '../../plugin/ipl/engine/noise-level';
import { blockSize } from '../../plugin/ipl/network/slice-plan';
import { ByteReader } from './byte-reader';

interface Size {
  readonly width: number;
  readonly height: number;
  /** Lumas that follow. */
  readonly pictures: number;
}

type Request = Size & ({ readonly task: 'level'; readonly reference: number } | { readonly task: 'smooth'; readonly reach: number });

export async function serveNoise(input: Readable, output: Writable): Promise<void> {
  await buildKernels();
  const kernels = await FusionKernels.load();
  const reader = new ByteReader(input);
  for (let line = await reader.line(); line !== undefined; line = await reader.line()) {
    const request = JSON.parse(line) as Request;
    const { width, height } = request;
    const lumas: Uint8Array[] = [];
    for (let index = 0; index < request.pictures; index += 1) lumas.push(await reader.bytes(width * height));
    if (request.task === 'level') {
      const level = noiseLevel(lumas, request.reference, { offset: 0, stride: width, width, height }, 'full');
      output.write(`${JSON.stringify({ level, bytes: 0 })}\n`);
    } else {
      output.write(`${JSON.stringify({ bytes: width * height })}\n`);
      output.write(smoothed(kernels, lumas[0] ?? new Uint8Array(), width, height, request.reach));
    }
  }
}

function smoothed(kernels: FusionKernels, luma: Uint8Array, width: number, height: number, reach: number): Uint8Array {
  const layout = planeLayout('I420', width, height);
  const plane = layout.planes[0] ?? { offset: 0, stride: width };
  const frame = new Uint8Array(layout.size);
  for (let row = 0; row < height; row += 1) frame.set(luma.subarray(row * width, (row + 1) * width), plane.offset + row * plane.stride);
  kernels.configure({ layout, exposures: 2, reference: 0, block: blockSize(width, height), range: 'full' });
  kernels.smooth(frame, { luma: reach, chroma: 0 });
  const out = new Uint8Array(width * height);
  for (let row = 0; row < height; row += 1) out.set(frame.subarray(plane.offset + row * plane.stride, plane.offset + row * plane.stride + width), row * width);
  return out;
}

if (require.main === module) void serveNoise(process.stdin, process.stdout);
