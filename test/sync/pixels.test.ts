/** Pairing in real GStreamer pipelines, told from the pixels: every picture carries its number, painted by the test. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { lastValueFrom, toArray } from 'rxjs';
import { launch, sources, sync, type ExposureSet, type Frame } from '../../plugin';
import { writeBufferHeader, writeEos, writeStreamHeader } from '../support/gdp';
import { temporaryFolder } from '../support/folder';
import { randomOf } from './simulate';

const folder = temporaryFolder();
const CAPS =
  'video/x-raw, format=(string)I420, width=(int)32, height=(int)16, interlace-mode=(string)progressive, ' +
  'pixel-aspect-ratio=(fraction)1/1, framerate=(fraction)30/1';
const BITS = 12;
const FRAME = 1e9 / 30;

/** A number as a row of black and white blocks of 2 by 16 pixels. */
function paintNumber(number: number): Uint8Array {
  const payload = new Uint8Array(32 * 16 * 1.5).fill(128);
  for (let at = 0; at < 32 * 16; at += 1) payload[at] = (number >> ((at % 32) >> 1)) & 1 ? 235 : 16;
  return payload;
}

function readNumber({ payload, caps }: Frame): number {
  const stride = caps.layout.planes[0]?.stride ?? 0;
  let number = 0;
  for (let bit = 0; bit < BITS; bit += 1) if ((payload[8 * stride + bit * 2] ?? 0) > 128) number |= 1 << bit;
  return number;
}

/** What a camera sends in `count` frames: stamps off by `jitter` milliseconds, some frames lost. */
function recordCamera(name: string, count: number, seed: number, jitter: number, loss: number): { file: string; sent: Set<number> } {
  const random = randomOf(seed);
  const packets: Uint8Array[] = [...writeStreamHeader(CAPS)];
  const sent = new Set<number>();
  for (let number = 0; number < count; number += 1) {
    const off = jitter * 1e6 * (2 * random() - 1);
    if (random() < loss) continue;
    const payload = paintNumber(number);
    packets.push(writeBufferHeader(payload.length, BigInt(Math.round((number + 1) * FRAME + off)), BigInt(Math.round(FRAME))), payload);
    sent.add(number);
  }
  const file = path.join(folder, `${name}.gdp`);
  writeFileSync(file, Buffer.concat([...packets, ...writeEos()]));
  return { file, sent };
}

async function pair(cameras: readonly { file: string }[], late: 'wait' | 'degrade'): Promise<ExposureSet[]> {
  const launches = Object.fromEntries(cameras.map(({ file }, index) => [`c${index}`, launch`filesrc location=${file} ! gdpdepay`]));
  const streams = Object.values(sources(launches));
  return lastValueFrom(sync(streams, { late, wait: '10s', onWarning: () => undefined }).pipe(toArray()));
}

test.serial('jitter of 15 ms and 5 % loss: no picture is paired with one of another number, and few are left out', async (t) => {
  const cameras = [1, 2, 3].map((seed) => recordCamera(`jitter${seed}`, 1500, seed, 15, 0.05));
  const sets = await pair(cameras, 'wait');
  const numbers = sets.map(({ frames }) => frames.map(readNumber));
  t.deepEqual(numbers.filter((set) => new Set(set).size !== 1), []);
  const complete = Array.from({ length: 1500 }, (_, number) => number).filter((number) => cameras.every(({ sent }) => sent.has(number)));
  t.log(`${sets.length} of ${complete.length}`);
  // The first hundred frames teach the clocks.
  const settled = (number: number): boolean => number >= 150;
  const emitted = numbers.filter(([number = 0]) => settled(number)).length;
  t.true(emitted >= 0.95 * complete.filter(settled).length, `${emitted}`);
});

test.serial('degrade: what one camera lost, the set lacks, and nothing else', async (t) => {
  const cameras = [4, 5, 6].map((seed) => recordCamera(`loss${seed}`, 300, seed, 1, 0.1));
  const sets = await pair(cameras, 'degrade');
  for (const { frames, branches, missing } of sets) {
    const numbers = new Set(frames.map(readNumber));
    t.is(numbers.size, 1);
    const [number = -1] = numbers;
    t.deepEqual(missing, cameras.flatMap(({ sent }, index) => (sent.has(number) ? [] : [`exposure ${index + 1}`])));
    t.is(branches.length + (missing?.length ?? 0), 3);
  }
  t.true(sets.length >= 290, `${sets.length}`);
});
