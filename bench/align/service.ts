/** Answers the judge: each line of JSON names raw luma planes, each answer is what was found. */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { findMotions } from '../../plugin/ipl/align';

interface Request {
  readonly width: number;
  readonly height: number;
  readonly reference: number;
  /** Files of full-range luma without padding. */
  readonly planes: readonly string[];
}

createInterface({ input: process.stdin }).on('line', (line) => {
  const { width, height, reference, planes } = JSON.parse(line) as Request;
  const data = planes.map((file) => new Uint8Array(readFileSync(file)));
  // Processor time of this process: the machine may have other work.
  const before = process.cpuUsage();
  const found = findMotions(data.map((plane) => ({ data: plane, width, height, stride: width, range: 'full' })), reference);
  const { user, system } = process.cpuUsage(before);
  console.log(JSON.stringify({ found, ms: (user + system) / 1000 }));
});
