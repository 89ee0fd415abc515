/**
 * Kills a recording (SIGKILL) again and again, at random moments, and looks at what is left: every finished segment must
 * play and be whole, nothing may be missing between segments, and of the last one no more than its tail.
 *
 *     npm run bench:kill -- [--times 20] [--codec h264] [--seed 1] [--json FILE]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { SegmentFiles, type Segment } from '../plugin/record/segment-files';
import { countPictures } from '../test/support/media';
import { freePort } from '../test/support/ports';
import { seeded } from './soak/faults';

const ROOT = path.join(__dirname, '..');
const RATE = 30;
const SEGMENT_SECONDS = 2;
/** A second up to the next key frame, a fragment of half a second, and half a second for what waits for the encoder. */
const LONGEST_TAIL_PICTURES = 2 * RATE;
/** File names have the time at which a picture came to the recorder: later than it was taken, by what the machine is busy. */
const NAME_TOLERANCE_SECONDS = 0.5;

interface Round {
  readonly killedAfterSeconds: number;
  readonly finished: number;
  /** Finished segments that do not play, or lack pictures. */
  readonly broken: string[];
  /** Segments that begin later than the one before ends. */
  readonly gaps: string[];
  /** Pictures in what was cut short. */
  readonly rescued: number;
  /** Pictures that the recorder had taken when it was killed, and that are in no file. */
  readonly lost: number;
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function round(random: () => number, codec: string): Promise<Round> {
  const folder = mkdtempSync(path.join(tmpdir(), 'gst-ipl-kill-'));
  const graph = path.join(folder, 'graph.yaml');
  const recordings = path.join(folder, 'recordings');
  writeFileSync(
    graph,
    `nodes:\n  cam: { use: source, launch: "videotestsrc is-live=true pattern=ball ! video/x-raw,format=I420,width=320,height=180,framerate=${RATE}/1" }\n` +
      `  rec: { use: record, from: cam, to: ${recordings}, segment: ${SEGMENT_SECONDS}s, preset: ultrafast, codec: ${codec} }\n`,
  );
  const port = await freePort();
  const command = ['-r', './scripts/typescript.js', 'plugin/cli/main.ts', 'run', graph, '--metrics', String(port)];
  const child = spawn(process.execPath, command, { cwd: ROOT, stdio: 'ignore' });
  while ((await taken(port)) === 0) {
    if (child.exitCode !== null) throw new Error(`gst-ipl ended with ${child.exitCode} before it recorded anything.`);
    await pause(20);
  }
  const began = Date.now();
  await pause(300 + random() * 3 * SEGMENT_SECONDS * 1000);
  const pictures = await taken(port);
  const killed = Date.now();
  child.kill('SIGKILL');
  await once(child, 'close');
  const files = new SegmentFiles(recordings);
  await files.prepare(); // As the next start does.
  const { playable, ...found } = await inspect(recordings, await files.list());
  rmSync(folder, { recursive: true, force: true });
  return { killedAfterSeconds: (killed - began) / 1000, ...found, lost: Math.max(0, pictures - playable) };
}

/** How many pictures the recorder has taken; 0 while nobody answers. */
async function taken(port: number): Promise<number> {
  const text = await fetch(`http://127.0.0.1:${port}/metrics`).then((answer) => answer.text(), () => '');
  return Number(/^gst_ipl_frames_total\{node="rec"\} (\d+)$/m.exec(text)?.[1] ?? 0);
}

type Found = Omit<Round, 'killedAfterSeconds' | 'lost'> & { readonly playable: number };

async function inspect(folder: string, segments: readonly Segment[]): Promise<Found> {
  const broken: string[] = [];
  const gaps: string[] = [];
  let end: number | undefined;
  let playable = 0;
  let rescued = 0;
  for (const { name, startedAt } of segments) {
    const pictures = await countPictures(path.join(folder, name)).catch(() => 0);
    const cut = name.includes('.cut.');
    playable += pictures;
    if (cut) rescued += pictures;
    if (cut ? pictures === 0 : pictures !== SEGMENT_SECONDS * RATE) broken.push(`${name}: ${pictures} pictures`);
    if (end !== undefined && startedAt - end > NAME_TOLERANCE_SECONDS * 1000) gaps.push(`${name}: ${startedAt - end} ms after the one before`);
    end = startedAt + (pictures * 1000) / RATE;
  }
  const finished = segments.filter(({ name }) => !name.includes('.cut.')).length;
  return { finished, broken, gaps, rescued, playable };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      times: { type: 'string', default: '20' },
      codec: { type: 'string', default: 'h264' },
      seed: { type: 'string', default: '1' },
      json: { type: 'string' },
    },
  });
  const random = seeded(Number(values.seed));
  const rounds: Round[] = [];
  for (let time = 0; time < Number(values.times); time += 1) {
    const result = await round(random, values.codec);
    rounds.push(result);
    const { killedAfterSeconds, finished, broken, gaps, rescued, lost } = result;
    const faults = [...broken, ...gaps].join('; ');
    console.log(
      `${String(time + 1).padStart(3)}  killed after ${killedAfterSeconds.toFixed(2).padStart(5)} s: ${finished} finished segments, ` +
        `${rescued} pictures of the one being written, ${lost} lost${faults ? `  BROKEN: ${faults}` : ''}`,
    );
  }
  const worst = Math.max(...rounds.map(({ lost }) => lost));
  const whole = rounds.every(({ broken, gaps }) => broken.length + gaps.length === 0);
  const reached = whole && worst <= LONGEST_TAIL_PICTURES && rounds.some(({ finished }) => finished > 0);
  const segments = rounds.reduce((sum, { finished }) => sum + finished, 0);
  console.log(`${reached ? 'reached' : 'MISSED '}  ${rounds.length} kills, ${segments} finished segments, ${whole ? 'all whole' : 'some broken'}; at most ${worst} pictures lost of ${RATE} a second`);
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify({ case: 'kill', codec: values.codec, reached, mostPicturesLost: worst, pictureRate: RATE, rounds }, undefined, 2)}\n`);
  process.exitCode = reached ? 0 : 1;
}

main().then(
  () => process.exit(),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
