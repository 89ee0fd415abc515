/** Files of a bucket, as a batch and a worker have them here. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import test from 'ava';
import { readS3Address } from '../../plugin/core/address';
import type { GstIplError } from '../../plugin/core/errors';
import { Bucket } from '../../plugin/storage/bucket';
import { S3Depot } from '../../plugin/storage';
import { OwnFolder } from '../../plugin/storage/own-folder';
import { ROOT } from '../support/command';
import { temporaryFolder } from '../support/folder';
import { ObjectStore } from '../support/object-store';

test('addresses', (t) => {
  t.deepEqual(readS3Address('s3://studio/june//2026/'), { bucket: 'studio', prefix: 'june/2026' });
  t.deepEqual(readS3Address('s3://studio'), { bucket: 'studio', prefix: '' });
  for (const wrong of ['s3://', 's3:///june', 's3://st_udio/x', 's3://studio/../other', 's3://studio/a\0']) t.throws(() => readS3Address(wrong), { message: /not an address like s3:\/\/BUCKET\/FOLDER/ }, wrong);
});

test.serial('what is there is brought once, what was made is seen when it is whole, and what nobody uses makes room', async (t) => {
  const store = await ObjectStore.start(t);
  const before = { ...process.env };
  t.teardown(() => (process.env = before));
  Object.assign(process.env, store.environment);
  for (const name of ['a 1+1.jpg', 'b%20.jpg', 'ü/c.jpg', 'june/', 'ü/../../d.jpg']) store.objects.set(`studio/june/${name}`, Buffer.from(`holds ${name}`));
  store.objects.set('studio/juneau.jpg', Buffer.from('another'));
  const depot = new S3Depot(0);
  t.teardown(() => depot.close());
  const address = readS3Address('s3://studio/june');
  const folder = depot.folderOf(address);
  store.busy = 1;
  await depot.fetchAll(address);
  for (const name of ['a 1+1.jpg', 'b%20.jpg', 'ü/c.jpg']) t.is(readFileSync(path.join(folder, name), 'utf8'), `holds ${name}`);
  t.false(existsSync(path.join(folder, '..', 'juneau.jpg')));
  t.false(existsSync(path.join(folder, '..', 'd.jpg'))); // A key is a name in a store, and no way out of a folder here.

  const [input, output] = [path.join(folder, 'a 1+1.jpg'), path.join(folder, 'out', 'x.jpg')];
  const gets = (): number => store.requests.filter((request) => request === 'GET /studio/june/a 1+1.jpg 200').length;
  await Promise.all([depot.fetch([input]), depot.fetch([input])]);
  t.is(gets(), 1);
  depot.release([input, input, input]);
  t.false(existsSync(input));
  await depot.fetch([input]);
  t.is(gets(), 2);

  t.false(await depot.exists(output));
  mkdirSync(path.dirname(output));
  writeFileSync(output, 'fused');
  await depot.keep(output);
  t.is(store.objects.get('studio/june/out/x.jpg')?.toString(), 'fused');
  t.true(await depot.exists(output));
  await depot.remove(path.dirname(output));
  t.false(store.objects.has('studio/june/out/x.jpg'));
  t.true(store.objects.has('studio/june/a 1+1.jpg'));

  // What lies elsewhere is on disk.
  const elsewhere = path.join(temporaryFolder(), 'y.jpg');
  writeFileSync(elsewhere, '');
  const asked = store.requests.length;
  await depot.keep(elsewhere);
  await depot.fetch([elsewhere]);
  t.true(await depot.exists(elsewhere));
  t.is(store.requests.length, asked);
});

test.serial('what a store says no to is told in a sentence, at once; no secret is in it', async (t) => {
  const store = await ObjectStore.start(t);
  const { message = '', hint = '' } = await t.throwsAsync<GstIplError>(Bucket.open('studio', {})) ?? {};
  t.regex(`${message} ${hint}`, /s3:\/\/studio needs a login\. .*AWS_ACCESS_KEY_ID/);
  const bucket = await Bucket.open('studio', { ...store.environment, AWS_SECRET_ACCESS_KEY: 'wrong-secret' });
  const refused = await t.throwsAsync<GstIplError>(bucket.list('june'));
  t.regex(refused?.message ?? '', /^s3:\/\/studio\/june: SignatureDoesNotMatch/);
  t.regex(refused?.hint ?? '', /AWS_SECRET_ACCESS_KEY/);
  t.notRegex(refused?.describe() ?? '', /wrong-secret/);
  t.is(store.requests.length, 1);
  const known = await Bucket.open('studio', store.environment);
  await t.throwsAsync(known.download('not-there.jpg', path.join(temporaryFolder(), 'x.jpg')), { message: /NoSuchKey/ });
});

test('a folder that a kill left is removed by the next, when nothing has been heard of its owner for an hour; no other is', async (t) => {
  const among = temporaryFolder();
  const [gone, busy] = [new OwnFolder(among), new OwnFolder(among)];
  writeFileSync(path.join(gone.path, 'large.jpg'), 'x');
  mkdirSync(path.join(among, 'another'));
  const now = statSync(busy.path).mtimeMs / 1000;
  utimesSync(gone.path, now - 3700, now - 3700);
  utimesSync(busy.path, now - 3500, now - 3500);
  utimesSync(path.join(among, 'another'), 0, 0);
  const next = new OwnFolder(among);
  t.deepEqual(readdirSync(among).sort(), [path.basename(busy.path), path.basename(next.path), 'another'].sort());
  // An owner that is there says so.
  const owned = new OwnFolder(among, 20);
  utimesSync(owned.path, 0, 0);
  while (statSync(owned.path).mtimeMs === 0) await pause(10);
  t.deepEqual(readdirSync(owned.path), []);
  for (const each of [gone, busy, next, owned]) each.remove();
  t.deepEqual(readdirSync(among), ['another']);
});

test('a worker that cannot start leaves no folder', (t) => {
  const folder = temporaryFolder();
  const env = { ...process.env, TMPDIR: folder };
  const { stderr } = spawnSync(process.execPath, [path.join(ROOT, 'bin', 'gst-ipl.js'), 'worker', '--queue', 'redis://127.0.0.1:1', '--shared', 's3://studio/x'], { env, encoding: 'utf8' });
  t.regex(stderr, /cannot be reached/);
  t.deepEqual(readdirSync(folder), []);
});
