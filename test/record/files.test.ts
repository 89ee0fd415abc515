/** Files of a recording: what is finished, what was cut short, what may be removed. */
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import test from 'ava';
import { GstIplError } from '../../plugin';
import { parseBitrate, parseBytes } from '../../plugin/core/quantities';
import { readBoxes } from '../../plugin/record/fragments';
import { OWN_MARK } from '../../plugin/core/files/process-mark';
import { keepOption } from '../../plugin/record/retention';
import { SegmentFiles } from '../../plugin/record/segment-files';
import { temporaryFolder } from '../support/folder';

function box(name: string, payload = 8): Buffer {
  const bytes = Buffer.alloc(8 + payload);
  bytes.writeUInt32BE(bytes.length);
  bytes.write(name, 4, 'latin1');
  return bytes;
}

const HEAD = Buffer.concat([box('ftyp'), box('moov', 40)]);
const FRAGMENT = Buffer.concat([box('moof', 20), box('mdat', 100)]);

test('whole fragments are told from what was cut', async (t) => {
  const file = path.join(temporaryFolder(), 'x');
  const cases: [bytes: Buffer, whole: number, finished: boolean][] = [
    [Buffer.alloc(0), 0, false],
    [HEAD, 0, false],
    [Buffer.concat([HEAD, FRAGMENT]), HEAD.length + FRAGMENT.length, false],
    [Buffer.concat([HEAD, FRAGMENT, box('mfra')]), HEAD.length + FRAGMENT.length, true],
    [Buffer.concat([HEAD, FRAGMENT, box('mfra').subarray(0, 10)]), HEAD.length + FRAGMENT.length, false],
    [Buffer.concat([HEAD, FRAGMENT, FRAGMENT.subarray(0, 60)]), HEAD.length + FRAGMENT.length, false],
    [Buffer.concat([HEAD, FRAGMENT, Buffer.alloc(4096)]), HEAD.length + FRAGMENT.length, false],
  ];
  for (const [bytes, whole, finished] of cases) {
    writeFileSync(file, bytes);
    t.deepEqual(await readBoxes(file), { whole, finished });
  }
});

test('a start takes over what a dead process left, and only that', async (t) => {
  const folder = temporaryFolder();
  const dead = spawnSync(process.execPath, ['-e', '']).pid;
  const write = (name: string, ...parts: Buffer[]): void => writeFileSync(path.join(folder, name), Buffer.concat(parts));
  write(`2026-01-02T03-04-05.678Z.mp4.${dead}.part`, HEAD, FRAGMENT, FRAGMENT.subarray(0, 50));
  write(`2026-01-02T03-05-05.678Z.mp4.${dead}.part`, HEAD); // Nothing in it yet.
  write(`2026-01-02T03-06-05.678Z.mp4.${process.ppid}.part`, HEAD, FRAGMENT); // Somebody is at it.
  write('2026-01-02T03-03-05.678Z.mp4', HEAD, FRAGMENT, box('mfra'));
  write('holiday.mp4', HEAD);
  const files = new SegmentFiles(folder);
  t.deepEqual(await files.prepare(), ['2026-01-02T03-04-05.678Z.cut.mp4']);
  t.deepEqual(readdirSync(folder).sort(), [
    '2026-01-02T03-03-05.678Z.mp4',
    '2026-01-02T03-04-05.678Z.cut.mp4',
    `2026-01-02T03-06-05.678Z.mp4.${process.ppid}.part`,
    'holiday.mp4',
  ].sort());
  t.deepEqual(await readBoxes(path.join(folder, '2026-01-02T03-04-05.678Z.cut.mp4')), { whole: HEAD.length + FRAGMENT.length, finished: false });
  t.deepEqual(await new SegmentFiles(folder).prepare(), []);
});

test('what this process writes is its own while it lives, and a name that it writes under is taken', async (t) => {
  const folder = temporaryFolder();
  const at = new Date('2026-01-02T03:04:05.678Z');
  const files = new SegmentFiles(folder);
  const locations = ['a', 'b'].map((name) => path.join(folder, name));
  for (const location of locations) {
    writeFileSync(location, Buffer.concat([HEAD, FRAGMENT, box('mfra')]));
    await files.begin(location, at);
  }
  const part = (stem: string): string => `${stem}.mp4.${OWN_MARK}.part`;
  t.deepEqual(readdirSync(folder).sort(), [part('2026-01-02T03-04-05.678Z-1'), part('2026-01-02T03-04-05.678Z')].sort());
  for (const location of locations) await files.finish(location);
  t.deepEqual(readdirSync(folder).sort(), ['2026-01-02T03-04-05.678Z-1.mp4', '2026-01-02T03-04-05.678Z.mp4']);
});

test('a process that got the number of a dead one takes over what that left', async (t) => {
  const folder = temporaryFolder();
  writeFileSync(path.join(folder, `2026-01-02T03-04-05.678Z.mp4.${process.pid}.part`), Buffer.concat([HEAD, FRAGMENT]));
  t.deepEqual(await new SegmentFiles(folder).prepare(), ['2026-01-02T03-04-05.678Z.cut.mp4']);
});

test('a later run of the same process takes over what an earlier one left', async (t) => {
  const folder = temporaryFolder();
  writeFileSync(path.join(folder, `2026-01-02T03-04-05.678Z.mp4.${OWN_MARK}.part`), Buffer.concat([HEAD, FRAGMENT]));
  t.deepEqual(await new SegmentFiles(folder).prepare(), ['2026-01-02T03-04-05.678Z.cut.mp4']);
});

test('a number that another process has by now does not keep a file from being taken over', async (t) => {
  const folder = temporaryFolder();
  const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  t.teardown(() => other.kill('SIGKILL'));
  const mark = (pid: number): string => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return `${pid}-${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 8)}${statSync('/proc/self/ns/pid').ino.toString(16)}-${stat[19]}`;
  };
  t.is(mark(process.pid), OWN_MARK);
  const alive = mark(other.pid ?? 0);
  const [pid = '', boot = '', start = ''] = alive.split('-');
  const files: [second: string, mark: string][] = [
    ['01', `${pid}-${boot}-${Number(start) - 500}`], // Its number, of this boot, but started earlier.
    ['02', `${pid}-00000000-${start}`], // Before the machine was started anew.
    ['03', alive],
    ['04', pid], // As earlier versions wrote it: it cannot be told, so it is left alone.
  ];
  for (const [second, owner] of files) writeFileSync(path.join(folder, `2026-01-02T03-04-${second}.000Z.mp4.${owner}.part`), Buffer.concat([HEAD, FRAGMENT]));
  writeFileSync(path.join(folder, `.new-${alive}-00007.part`), Buffer.concat([HEAD, FRAGMENT]));
  writeFileSync(path.join(folder, `.new-${pid}-${boot}-1-00007.part`), HEAD); // Nothing in it yet.
  t.deepEqual((await new SegmentFiles(folder).prepare()).sort(), ['2026-01-02T03-04-01.000Z.cut.mp4', '2026-01-02T03-04-02.000Z.cut.mp4']);
  t.deepEqual(readdirSync(folder).filter((name) => name.endsWith('.part')).sort(), [
    `.new-${alive}-00007.part`, `2026-01-02T03-04-03.000Z.mp4.${alive}.part`, `2026-01-02T03-04-04.000Z.mp4.${pid}.part`,
  ].sort());
});

test('files that were opened and not told of are kept when a recording breaks off; an empty one goes', async (t) => {
  const folder = temporaryFolder();
  const files = new SegmentFiles(folder);
  writeFileSync(path.join(folder, `.new-${OWN_MARK}-00000.part`), '');
  writeFileSync(path.join(folder, `.new-${OWN_MARK}-00001.part`), Buffer.concat([HEAD, FRAGMENT]));
  const kept = await files.cutOpen();
  t.is(kept.length, 1);
  t.regex(kept[0].name, /Z\.cut\.mp4$/);
  t.deepEqual(readdirSync(folder), [kept[0].name]);
});

test('files of one instant (a clock that was set back) do not overwrite one another', async (t) => {
  const folder = temporaryFolder();
  const files = new SegmentFiles(folder);
  const now = new Date('2026-01-02T03:04:05.678Z');
  for (const name of ['a', 'b']) {
    const location = path.join(folder, name);
    writeFileSync(location, Buffer.concat([HEAD, FRAGMENT, box('mfra')]));
    await files.begin(location, now);
    await files.finish(location);
  }
  t.deepEqual(readdirSync(folder).sort(), ['2026-01-02T03-04-05.678Z-1.mp4', '2026-01-02T03-04-05.678Z.mp4']);
});

test('amounts are read with their units, and nothing else', (t) => {
  t.deepEqual([parseBytes('20GB'), parseBytes('1.5 MB'), parseBitrate('4M'), parseBitrate('2500k'), parseBitrate('800000')], [20e9, 1.5e6, 4e6, 2.5e6, 8e5]);
  for (const text of ['20', '20gb', '-1GB', 'GB', '0MB', '1e3GB', 'NaNGB']) t.throws(() => parseBytes(text), { instanceOf: GstIplError });
  for (const value of ['forever', ['1GB', '2GB'], ['1d', '2d'], [], 7, null, {}]) t.throws(() => keepOption.read(value), { instanceOf: GstIplError }, JSON.stringify(value));
});
