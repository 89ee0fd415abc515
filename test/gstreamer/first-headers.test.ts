/** What a stream of H.265 begins with: the headers of its first picture, and nothing that the process has had in memory. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { loadLibrary } from '../../plugin/gstreamer/native/library';
import type { BusMessage } from '../../plugin/gstreamer/native/bus-message';
import { NativePipeline } from '../../plugin/gstreamer/native/native-pipeline';
import { temporaryFolder } from '../support/folder';

const library = loadLibrary();
const folder = temporaryFolder();

/** @returns what ended it */
async function run(launch: string): Promise<string> {
  const pipeline = new NativePipeline(library, launch);
  const over = new Promise<BusMessage>((resolve) => pipeline.listen((message) => (message.type === 'eos' || message.type === 'error') && resolve(message)));
  await pipeline.play();
  const { type, message = '' } = await over;
  await pipeline.stop();
  pipeline.release();
  return type === 'eos' ? type : message;
}

/** Types of the NAL units of a file (H.265, table 7-1): 32 to 34 are parameter sets, 39 is a SEI, 19 and 20 are IDR pictures. */
function units(file: string): number[] {
  const bytes = readFileSync(file);
  const types: number[] = [];
  for (let at = bytes.indexOf('\0\0\x01'); at >= 0; at = bytes.indexOf('\0\0\x01', at + 3)) types.push(((bytes[at + 3] ?? 0) >> 1) & 63);
  return types;
}

const LIGHT = 'mastering-display-info=(string)35400:14600:8500:39850:6550:2300:15635:16450:10000000:1,content-light-level=(string)1000:0';
const CASES = {
  'PQ with light levels': ['format=I420_10LE,colorimetry=bt2100-pq,' + LIGHT, ''],
  'headers that are asked for at each key frame': ['format=I420', ' option-string=repeat-headers=1'],
  'SDR, with headers once': ['format=I420', ''],
} as const;

const source = (caps: string, pictures = 3): string => `videotestsrc num-buffers=${pictures} ! video/x-raw,width=128,height=96,framerate=10/1,${caps}`;

for (const [name, [caps, options]] of Object.entries(CASES)) {
  test.serial(name, async (t) => {
    const first = path.join(folder, `${name}-0`);
    t.is(await run(`${source(caps)} ! x265enc speed-preset=ultrafast tune=zerolatency${options} ! multifilesink location="${path.join(folder, name)}-%d"`), 'eos');
    const seis = caps.includes(LIGHT) ? [39, 39, 39] : [39];
    t.deepEqual(units(first), [32, 33, 34, ...seis, 20]);
  });
}

test.serial('an encoder that is set up anew for another size begins as well', async (t) => {
  const to = path.join(folder, 'sizes-%d');
  const later = `${source(CASES['PQ with light levels'][0], 2).replace('width=128', 'width=160')} ! c.`;
  const launch = `${source(CASES['PQ with light levels'][0], 2)} ! concat name=c ! x265enc speed-preset=ultrafast tune=zerolatency ! multifilesink location="${to}" ${later}`;
  t.is(await run(launch), 'eos');
  t.deepEqual([0, 1, 2, 3].map((picture) => units(to.replace('%d', String(picture)))), [[32, 33, 34, 39, 39, 39, 20], [1], [32, 33, 34, 39, 39, 39, 20], [1]]);
});

test.serial('sixty recordings with light levels are whole', async (t) => {
  const ends = new Set<string>();
  for (let start = 0; start < 60; start += 1) {
    const pattern = start % 3 ? 'smpte' : 'snow';
    const from = source(CASES['PQ with light levels'][0], 6).replace('videotestsrc', `videotestsrc pattern=${pattern}`);
    ends.add(await run(`${from} ! x265enc speed-preset=ultrafast tune=zerolatency ! h265parse config-interval=-1 ! mp4mux ! filesink location="${path.join(folder, 'again.mp4')}"`));
  }
  t.deepEqual([...ends], ['eos']);
});
