/** Recordings by real encoders: whole segments, kills, full disks. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import type { GraphEvent, GraphView } from '../../plugin';
import { SegmentFiles } from '../../plugin/record/segment-files';
import { ROOT, TYPESCRIPT } from '../support/command';
import { temporaryFolder } from '../support/folder';
import { countPictures, record } from '../support/media';
import { until } from '../support/peers';
import { load, runToEnd } from '../support/run-graph';

const camera = (more: string, size = 'width=64,height=48'): string => `videotestsrc pattern=ball ${more} ! video/x-raw,format=I420,${size},framerate=30/1`;

function graphText(source: string, to: string, more = ''): string {
  return `nodes:\n  cam: { use: source, launch: '${source}' }\n  rec: { use: record, from: cam, to: '${to}', segment: 1s, preset: ultrafast${more} }\n`;
}

const finished = (folder: string): string[] => readdirSync(folder).filter((name) => /Z(-\d+)?\.mp4$/.test(name)).sort();
const picturesIn = (folder: string, names: readonly string[]): Promise<number[]> => Promise.all(names.map((name) => countPictures(path.join(folder, name))));

for (const codec of ['h264', 'h265']) {
  test.serial(`${codec}: every picture is in one segment, each as long as was said`, async (t) => {
    const folder = path.join(temporaryFolder(), 'new', 'folder');
    const { error, warnings } = await runToEnd(await load(graphText(camera('num-buffers=75'), folder, `, codec: ${codec}`)));
    t.deepEqual([error, warnings], [undefined, []]);
    t.deepEqual(await picturesIn(folder, finished(folder)), [30, 30, 15]);
    t.is(readdirSync(folder).length, 3);
  });
}

for (const codec of ['h264', 'h265']) {
  test.serial(`${codec}: a camera that declares no frame rate is recorded, each picture at its time`, async (t) => {
    const folder = temporaryFolder();
    const source = `${camera('num-buffers=40').replace('30/1', '10/1')} ! capssetter caps=video/x-raw,framerate=(fraction)0/1`;
    const { error, warnings } = await runToEnd(await load(graphText(source, folder, `, codec: ${codec}`).replace('segment: 1s', 'segment: 60s')));
    t.deepEqual([error, warnings], [undefined, []]);
    const { frames } = await record(`filesrc location=${path.join(folder, finished(folder)[0] ?? '')} ! decodebin`);
    t.deepEqual(frames.map(({ pts }) => Math.round(Number(pts) / 1e6)), Array.from({ length: 40 }, (_, index) => index * 100));
  });
}

test.serial('odd sizes lose a row and a column; other caps begin another file', async (t) => {
  const folder = temporaryFolder();
  const part = (size: string): string => `${camera('num-buffers=20', size)} ! c.`;
  const source = `${part('width=65,height=49')} ${part('width=96,height=48')} concat name=c`;
  const { error } = await runToEnd(await load(graphText(source, folder)));
  t.is(error, undefined);
  const sizes = await Promise.all(finished(folder).map(async (name) => (await record(`filesrc location=${path.join(folder, name)} ! decodebin`)).caps[0]));
  t.deepEqual(sizes.map((caps) => /width=\(int\)(\d+)/.exec(caps ?? '')?.[1]), ['64', '96']);
  t.deepEqual(await picturesIn(folder, finished(folder)), [20, 20]);
});

test.serial('another frame rate alone does not split a file', async (t) => {
  const folder = temporaryFolder();
  const part = (rate: number): string => `videotestsrc num-buffers=20 ! video/x-raw,format=I420,width=64,height=48,framerate=${rate}/1 ! c.`;
  const graph = graphText(`${part(30)} ${part(25)} concat name=c`, folder).replace('segment: 1s', 'segment: 1min');
  let view: GraphView | undefined;
  const { error } = await runToEnd(await load(graph), (_, running) => (view = running.view));
  t.is(error, undefined);
  t.deepEqual(await picturesIn(folder, finished(folder)), [40]);
  // Behind the only file there is no frame.
  t.is(view?.metrics.get('gst_ipl_recorded_segments_total', { node: 'rec' }), 1);
});

test.serial('cameras of 10, 8 and 10 frames/s, of which the reference loses frames: one file, at its rate, of one picture a frame', async (t) => {
  const folder = temporaryFolder();
  const camera = (count: number, rate: number, brightness: number, more = ''): string =>
    `videotestsrc num-buffers=${count} pattern=ball ! video/x-raw,format=I420,width=64,height=48,framerate=${rate}/1 ! videobalance brightness=${brightness}${more}`;
  const graph = `nodes:
  under: { use: source, launch: '${camera(50, 10, -0.3)}' }
  mid: { use: source, launch: '${camera(40, 8, 0, ' ! identity drop-probability=0.25')}' }
  over: { use: source, launch: '${camera(50, 10, 0.3)}' }
  set: { use: sync, from: [under, mid, over], late: degrade, wait: 10s }
  fused: { use: ipl, from: set, threads: 1, order: [under, mid, over], provider: cpu }
  rec: { use: record, from: fused, to: '${folder}', preset: ultrafast }
`;
  const { error } = await runToEnd(await load(graph));
  t.is(error, undefined);
  const names = finished(folder);
  t.is(names.length, 1);
  const { caps, frames } = await record(`filesrc location=${path.join(folder, names[0] ?? '')} ! qtdemux ! h264parse ! avdec_h264`);
  t.regex(caps[0] ?? '', /framerate=\(fraction\)8\/1/);
  // One for each frame of the slowest, be it there or not; a few more where it is not known yet, or has ended.
  t.true(frames.length >= 37 && frames.length <= 43, `${frames.length}`);
});

test.serial('a clock that was 8 days slow is set right in mid-run: told, and every recording stays', async (t) => {
  const folder = temporaryFolder();
  const wall = Date.now;
  t.teardown(() => (Date.now = wall));
  Date.now = () => wall() - (finished(folder).length < 2 ? 8 * 24 * 3_600_000 : 0);
  const { error, warnings } = await runToEnd(await load(graphText(camera('num-buffers=150'), folder, ', keep: 7d')));
  t.is(error, undefined);
  t.deepEqual(await picturesIn(folder, finished(folder)), [30, 30, 30, 30, 30]);
  t.deepEqual(warnings, ['Node "rec": The clock was set 8.0 days ahead. Recordings are as old as they were: none is removed for it.']);
});

test.serial('kill -9 at any moment: every finished segment plays, and of the last one all but its tail', async (t) => {
  const folder = temporaryFolder();
  const graph = path.join(temporaryFolder(), 'graph.yaml');
  writeFileSync(graph, graphText(camera('is-live=true'), folder));
  // Moments within a segment, by a seeded generator.
  let seed = 20260;
  const random = (): number => (seed = (seed * 48271) % 2147483647) / 2147483647;
  let before = 0;
  for (let round = 0; round < 3; round += 1) {
    const child = spawn(process.execPath, [...TYPESCRIPT, 'plugin/cli/main.ts', 'run', graph], { cwd: ROOT, stdio: 'ignore' });
    await until(() => finished(folder).length > before);
    await new Promise((resolve) => setTimeout(resolve, random() * 1500));
    child.kill('SIGKILL');
    await once(child, 'close');
    before = finished(folder).length;
    t.is(readdirSync(folder).filter((name) => name.endsWith('.part')).length <= 2, true);
  }
  t.true((await picturesIn(folder, finished(folder))).every((count) => count === 30));
  // The tails of the first rounds were taken over by the starts after them, the last one is now.
  await new SegmentFiles(folder).prepare();
  const names = readdirSync(folder);
  t.deepEqual(names.filter((name) => name.endsWith('.part')), []);
  const tails = await picturesIn(folder, names.filter((name) => name.endsWith('.cut.mp4')));
  t.true(tails.every((count) => count > 0 && count % 15 === 0), `${tails.join()}`); // Fragments of half a second.
});

/** A disk of its own, 20 MB; only root can make one. */
const disk = temporaryFolder();
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=20m', 'tmpfs', disk]).status === 0;
test.after.always(() => void (mounted && spawnSync('umount', ['-l', disk])));
const onDisk = mounted ? test.serial : test.serial.skip;

onDisk(`a full disk is told; recording goes on when there is room, and nothing earlier is lost${mounted ? '' : ' (skipped: only root can mount a small disk)'}`, async (t) => {
  const folder = path.join(disk, 'recordings');
  mkdirSync(folder);
  writeFileSync(path.join(disk, 'ballast'), Buffer.alloc(10_000_000));
  const snow = camera('is-live=true pattern=snow', 'width=320,height=180');
  const graph = await load(graphText(snow, folder, ', bitrate: 30M'));
  const early: string[] = [];
  const warnings: string[] = [];
  let room = -1;
  const { error } = await runToEnd(graph, (event: GraphEvent, running) => {
    if (event.type !== 'warning' && event.type !== 'notice') return;
    warnings.push(event.message);
    if (/less than 8\.0 MB left/.test(event.message)) {
      early.push(...finished(folder));
      rmSync(path.join(disk, 'ballast'), { force: true });
    }
    if (!/records again; \d+ frames were not recorded\. \(after/.test(event.message)) return;
    room = finished(folder).length;
    void until(() => finished(folder).length > room).then(() => running.stop());
  });
  t.is(error, undefined);
  t.regex(warnings[0] ?? '', /^Node "rec": .*(No space left|less than 8\.0 MB).*Recording goes on as soon as it can\.$/);
  t.true(early.length > 0 && early.every((name) => finished(folder).includes(name)));
  t.true(finished(folder).length > early.length);
  t.true((await picturesIn(folder, finished(folder).slice(0, -1))).every((count) => count > 0 && count <= 30));
  rmSync(folder, { recursive: true });
});

onDisk(`where old recordings may go, the disk never fills${mounted ? '' : ' (skipped: only root can mount a small disk)'}`, async (t) => {
  const folder = path.join(disk, 'ring');
  const graph = await load(graphText(camera('num-buffers=300 pattern=snow', 'width=320,height=180'), folder, ', bitrate: 20M, keep: 1TB'));
  const { error, warnings } = await runToEnd(graph);
  t.deepEqual([error, warnings], [undefined, []]);
  const counts = await picturesIn(folder, finished(folder));
  t.true(counts.length >= 2 && counts.length < 10, `${counts.length}`);
  t.true(counts.every((count) => count === 30));
});

test.serial('where nothing could be recorded, the run fails, and says why', async (t) => {
  const folder = temporaryFolder();
  const gone = path.join(folder, 'gone');
  const never = await runToEnd(await load(graphText(camera('num-buffers=30'), gone)), ({ type }) => {
    if (type !== 'started') return;
    rmSync(gone, { recursive: true });
    writeFileSync(gone, 'in the way');
  });
  t.is(never.error?.code, 'no-pictures');
  t.regex(never.error?.message ?? '', /^Node "rec" recorded nothing in ".*gone"\. The folder ".*gone" cannot be made or written: EEXIST/);
  rmSync(gone);
  const tooSmall = await runToEnd(await load(graphText(camera('num-buffers=30', 'width=8,height=8'), folder, ', codec: h265')));
  t.is(tooSmall.error?.code, 'bad-caps');
  t.is(tooSmall.error?.message, 'Node "rec": A recording takes frames of 16x16 pixels at least; these are 8x8.');
  const none = await runToEnd(await load(graphText(`${camera('num-buffers=30')} ! valve drop=true drop-mode=forward-sticky-events`, folder)));
  t.is(none.error?.code, 'no-pictures');
  t.is(none.error?.message, `Node "rec" recorded nothing in "${folder}". No frame came.`);
  t.deepEqual(readdirSync(folder), []);
});

test.serial('a folder that cannot be written, and one that is in use, end the run at its start', async (t) => {
  const file = path.join(temporaryFolder(), 'file');
  writeFileSync(file, '');
  await t.throwsAsync(load(graphText(camera('num-buffers=5'), path.join(file, 'x'))), { message: /The folder ".*" cannot be made: ".*file" is no folder/ });
  // It goes between the check and the start.
  const { error } = await runToEnd(await load(graphText(camera('num-buffers=5'), path.join(file, 'x')), {}, undefined, true));
  t.is(error?.code, 'missing-file');
  t.regex(error?.message ?? '', /^The folder ".*" cannot be made or written/);
  const folder = temporaryFolder();
  const twice = `${graphText(camera('num-buffers=5'), folder)}  rec2: { use: record, from: cam, to: '${folder}/' }\n`;
  await t.throwsAsync(load(twice), { message: `Node "rec2" and node "rec" write into one folder, "${folder}".` });
  const second = await load(graphText(camera('num-buffers=5'), folder));
  const first = await load(graphText(camera('is-live=true'), folder));
  let refused: string | undefined;
  await runToEnd(first, (event, running) => {
    if (event.type === 'started') void runToEnd(second).then(({ error: failure }) => (refused = failure?.message)).finally(() => running.stop());
  });
  t.regex(refused ?? '', /^Node "rec": Another node records into "[^"]+" already\.$/);
  await t.throwsAsync(load(graphText(camera(''), folder).replace('segment: 1s', 'segment: 10ms')), { message: /"segment" must be from 1s to 60min/ });
});
