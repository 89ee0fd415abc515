/**
 * Three cameras of the latency bench, in a process of their own: raw pictures with the time at which they were taken, each
 * camera into a FIFO, as GDP.
 *
 *     cameras.ts WIDTH HEIGHT RATE FIFO...
 *
 * They end when their parent does (stdin closes).
 */
import { createWriteStream } from 'node:fs';
import { writeBufferHeader, writeStreamHeader } from '../../test/support/gdp';
import { clockNumber, paint } from './painted-time';

const [width = 0, height = 0, rate = 0] = process.argv.slice(2, 5).map(Number);
const GREYS = [60, 110, 170];
const caps = `video/x-raw,format=(string)I420,width=(int)${width},height=(int)${height},framerate=(fraction)${rate}/1`;
const period = 1000 / rate;

// Opened for both, so that nobody waits for the other side.
const outputs = process.argv.slice(5).map((file) => createWriteStream(file, { flags: 'r+', highWaterMark: 1 }));
for (const output of outputs) {
  output.on('error', () => process.exit(0));
  for (const packet of writeStreamHeader(caps)) output.write(packet);
}
process.stdin.on('end', () => process.exit(0)).resume();

const backgrounds = GREYS.map((grey) => Buffer.alloc(width * height * 1.5, 128).fill(grey, 0, width * height));
const begin = performance.now();
let next = 0;
function shoot(): void {
  // A picture that a camera cannot get rid of is lost in all of them, so that the others do not wait for it.
  if (outputs.every((output) => output.writableLength === 0)) {
    const stamp = BigInt(Math.round(next * period * 1e6));
    const number = clockNumber();
    for (const [index, output] of outputs.entries()) {
      const picture = Buffer.from(backgrounds[index] ?? Buffer.alloc(0));
      paint(picture, number, width, height);
      output.write(writeBufferHeader(picture.length, stamp, BigInt(Math.round(period * 1e6))));
      output.write(picture);
    }
  }
  next = Math.max(next + 1, Math.ceil((performance.now() - begin) / period));
  setTimeout(shoot, Math.max(0, begin + next * period - performance.now()));
}
shoot();
