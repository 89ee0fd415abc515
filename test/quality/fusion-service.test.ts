/** The benchmark's way into the product: raw planes through pipes (bench/quality/fusion-service.ts). */
import { PassThrough } from 'node:stream';
import test from 'ava';
import { serve } from '../../bench/quality/fusion-service';
import { planeLayout } from '../../plugin/core/frames/video-layout';
import { FusionEngine } from '../../plugin/ipl/engine/fusion-engine';
import { FusionKernels } from '../../plugin/ipl/kernels';
import { DEFAULT_MODEL, loadModel } from '../../plugin/ipl/network/model';
import { GAINS, paint } from '../ipl/pictures';

const layout = planeLayout('I420', 256, 144);
const request = { engine: 'a', model: null, slices: null, width: 256, height: 144, exposures: 3, reference: 1, reset: true };

test('pictures that come in pieces are fused as by the engine itself', async (t) => {
  const payloads = GAINS.map((gain, index) => paint(layout, gain, index));
  const asked = Buffer.concat([Buffer.from(`${JSON.stringify(request)}\n`), ...payloads]);
  const input = new PassThrough();
  const output = new PassThrough();
  const served = serve(input, output);
  for (let at = 0; at < 2 * asked.length; at += 10_007) {
    input.write(Buffer.concat([asked, asked]).subarray(at, at + 10_007));
  }
  input.end();
  const chunks: Buffer[] = [];
  output.on('data', (chunk: Buffer) => chunks.push(chunk));
  await served;
  const answer = Buffer.concat(chunks);
  const line = answer.indexOf('\n') + 1;
  const { size, slices } = JSON.parse(answer.toString('utf8', 0, line)) as { size: number; slices: number };
  t.is(size, layout.size);
  t.true(slices >= 1);
  t.is(answer.length, 2 * (line + size), 'two answers');

  const engine = new FusionEngine(await loadModel(DEFAULT_MODEL), await FusionKernels.load(), { sliceBands: 4 });
  await engine.fuse({ payloads, layout, range: 'full', reference: 1 });
  t.deepEqual(answer.subarray(line, line + size), Buffer.from(payloads[1] ?? []));
  t.deepEqual(answer.subarray(2 * line + size), Buffer.from(payloads[1] ?? []), 'a reset forgets the first');
});

test('pictures that end in the middle are an error', async (t) => {
  const input = new PassThrough();
  const served = serve(input, new PassThrough());
  input.end(`${JSON.stringify(request)}\nshort`);
  await t.throwsAsync(served, { message: /ended in the middle/ });
});
