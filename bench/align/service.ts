/** Answers the judge: each line of JSON names raw luma planes, each answer is what was found. */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { findMotions, SEARCHED } from '../../plugin/ipl/align';
import { LumaReducer, reductionTo, TextureKernels } from '../../plugin/ipl/kernels';
import { buildKernels } from '../../plugin/ipl/kernels/build';

interface Request {
  readonly width: number;
  readonly height: number;
  readonly reference: number;
  /** Files of full-range luma without padding. */
  readonly planes: readonly string[];
}

const loading = buildKernels().then(() => Promise.all([LumaReducer.load(), TextureKernels.load()]));

createInterface({ input: process.stdin }).on('line', (line) => void answer(line));

async function answer(line: string): Promise<void> {
  const [luma, kernels] = await loading;
  const { width, height, reference, planes } = JSON.parse(line) as Request;
  const data = planes.map((file) => new Uint8Array(readFileSync(file)));
  // Processor time of this process: the machine may have other work.
  const before = process.cpuUsage();
  const small = data.map((plane) => luma.reduce({ data: plane, width, height, stride: width, range: 'full' }, reductionTo(SEARCHED, width, height)));
  const found = findMotions(kernels, small, reference);
  const { user, system } = process.cpuUsage(before);
  console.log(JSON.stringify({ found, ms: (user + system) / 1000 }));
}
