/** A full disk must not end the process where ORC writes compiled code. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'ava';
import { script } from './script';

type Room = 'room' | 'full' | 'unusable';
const { orcEnvironment } = script<{ orcEnvironment(env: NodeJS.ProcessEnv, room?: (folder: string) => Room): Record<string, string> }>('bin/orc.js');
const { launchEnvironment } = script<{ launchEnvironment(env?: NodeJS.ProcessEnv): NodeJS.ProcessEnv }>('bin/environment.js');

/** @param rooms by folder; others cannot be used */
const given = (env: NodeJS.ProcessEnv, rooms: Record<string, Room>): Record<string, string> => orcEnvironment(env, (folder) => rooms[folder] ?? 'unusable');

test('where ORC finds room nothing is changed', (t) => {
  t.deepEqual(given({ XDG_RUNTIME_DIR: '/run', HOME: '/home' }, { '/run': 'room', '/home': 'full' }), {});
  t.deepEqual(given({ HOME: '/home' }, { '/home': 'room', '/tmp': 'full' }), {});
  t.deepEqual(given({ XDG_RUNTIME_DIR: '/run', HOME: '/home' }, { '/home': 'room' }), {}, 'a folder that takes no file is passed by');
  t.deepEqual(given({ HOME: '/home' }, {}), {}, 'where none takes a file, it takes memory');
});

test('with a full folder first, it gets another; and none where others need that one, or all are full', (t) => {
  t.deepEqual(given({ HOME: '/home' }, { '/home': 'full', '/tmp': 'room' }), { XDG_RUNTIME_DIR: '/tmp' });
  t.deepEqual(given({ HOME: '/home', TMPDIR: '/mine' }, { '/home': 'full', '/mine': 'room', '/tmp': 'room' }), { XDG_RUNTIME_DIR: '/mine' });
  t.deepEqual(given({ HOME: '/home' }, { '/home': 'full', '/tmp': 'full', '/dev/shm': 'room' }), { XDG_RUNTIME_DIR: '/dev/shm' });
  t.deepEqual(given({ HOME: '/home' }, { '/home': 'full', '/tmp': 'full' }), { ORC_CODE: 'backup' });
  t.deepEqual(given({ XDG_RUNTIME_DIR: '/run', HOME: '/home' }, { '/run': 'full', '/home': 'room' }), { ORC_CODE: 'backup' });
  t.deepEqual(given({ XDG_RUNTIME_DIR: '/run', HOME: '/home' }, { '/home': 'full', '/tmp': 'room' }), { ORC_CODE: 'backup' });
  t.deepEqual(given({ HOME: '/home', ORC_CODE: 'debug' }, { '/home': 'full', '/tmp': 'room' }), {}, 'who sets ORC_CODE knows what he does');
});

const disk = mkdtempSync(path.join(tmpdir(), 'gst-ipl-full-'));
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk]).status === 0;
test.after.always(() => void (mounted && spawnSync('umount', ['-l', disk])));
const onDisk = mounted ? test : test.skip;

onDisk(`a full home folder: GStreamer works${mounted ? '' : ' (skipped: only root can mount a small disk)'}`, (t) => {
  t.throws(() => writeFileSync(path.join(disk, 'fill'), Buffer.alloc(2 ** 21)), { code: 'ENOSPC' });
  const others = { ...process.env };
  delete others.XDG_RUNTIME_DIR;
  delete others.TMPDIR;
  delete others.ORC_CODE;
  // videoconvert and videoscale compile what they do with the picture.
  const run = (env: NodeJS.ProcessEnv): ReturnType<typeof spawnSync> => {
    const stream = 'videotestsrc num-buffers=2 ! video/x-raw,format=RGB,width=64,height=48 ! videoconvert ! video/x-raw,format=I420 ! videoscale ! video/x-raw,width=32 ! fakesink';
    return spawnSync('gst-launch-1.0', ['-q', ...stream.split(' ')], { env: { ...env, GST_REGISTRY_UPDATE: 'no' } });
  };
  t.is(run({ ...others, HOME: disk }).signal, 'SIGBUS', 'as it is without us');
  const mended = launchEnvironment({ ...others, HOME: disk });
  t.is(mended.XDG_RUNTIME_DIR, '/tmp');
  t.is(run(mended).status, 0);
  const fully = launchEnvironment({ ...others, HOME: disk, XDG_RUNTIME_DIR: disk });
  t.deepEqual([fully.ORC_CODE, fully.XDG_RUNTIME_DIR], ['backup', disk]);
  t.is(run(fully).status, 0);
  t.deepEqual(readdirSync(disk).filter((name) => name.includes('gst-ipl')), [], 'nothing is left of what was tried');
});
