/** Files of a bucket, as a batch and a worker have them here. */
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { readS3Address } from '../../plugin/core/address';
import type { GstIplError } from '../../plugin/core/errors';
import { Bucket } from '../../plugin/storage/bucket';
import { S3Depot } from '../../plugin/storage';
import { ROOT, TYPESCRIPT } from '../support/command';
import { temporaryFolder } from '../support/folder';
import { ObjectStore } from '../support/object-store';

test('addresses', (t) => {
  t.deepEqual(readS3Address('s3://studio/june//2026/'), { bucket: 'studio', prefix: 'june/2026' });
  t.deepEqual(readS3Address('s3://studio'), { bucket: 'studio', prefix: '' });
  for (const wrong of ['s3://', 's3:///june', 's3://st_udio/x', 's3://studio/../other', 's3://studio/a\0']) t.throws(() => readS3Address(wrong), { message: /not an address like s3:\/\/BUCKET\/FOLDER/ }, wrong);
});

test.serial('what is there is brought once, what was made is seen when it is whole, and what nobody uses makes room', async (t) => {
  const store = await ObjectStore.start(t);
  t.teardown(() => Object.keys(store.environment).forEach((name) => Reflect.deleteProperty(process.env, name)));
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

test.serial('a large file goes in parts, and is seen when it is whole; a part that is lost on its way goes again, and of what fails nothing stays', async (t) => {
  const store = await ObjectStore.start(t);
  const bucket = await Bucket.open('studio', store.environment, 5 * 2 ** 20); // As little as a store takes for a part.
  const file = path.join(temporaryFolder(), 'night.mp4');
  const bytes = randomBytes(11e6);
  writeFileSync(file, bytes);
  store.broken.push(2);
  await bucket.upload(file, 'night.mp4');
  t.true(store.objects.get('studio/night.mp4')?.equals(bytes));
  const parts = store.requests.filter((request) => request.includes('partNumber=')).map((request) => request.replace(/.*partNumber=(\d+).* /, '$1 '));
  t.deepEqual(parts.sort(), ['1 200', '2 200', '3 200']);
  t.is(store.uploads.size, 0);

  store.broken.push(3, 3, 3, 3, 3, 3);
  await t.throwsAsync(bucket.upload(file, 'again.mp4'), { message: /^s3:\/\/studio\/again\.mp4: / });
  t.false(store.objects.has('studio/again.mp4'));
  t.is(store.uploads.size, 0);
});

test.serial('what a killed process left in the temporary folder is removed by the next; what a living one has there stays', async (t) => {
  const before = process.env.TMPDIR;
  t.teardown(() => Object.assign(process.env, { TMPDIR: before ?? '/tmp' }));
  process.env.TMPDIR = temporaryFolder();
  const killed = spawn(process.execPath, [...TYPESCRIPT, '-e', `new (require(${JSON.stringify(path.join(ROOT, 'plugin/storage'))}).S3Depot)(); console.log('there'); setInterval(() => 0, 1000);`], { stdio: ['ignore', 'pipe', 'ignore'] });
  t.teardown(() => killed.kill('SIGKILL'));
  await once(killed.stdout, 'data');
  const [left = ''] = readdirSync(process.env.TMPDIR);
  t.regex(left, new RegExp(`^gst-ipl-s3-${killed.pid}-`));
  mkdirSync(path.join(process.env.TMPDIR, left, 'studio'));
  const living = new S3Depot();
  const both = readdirSync(process.env.TMPDIR);
  t.deepEqual([both.length, both.includes(left)], [2, true]);
  killed.kill('SIGKILL');
  await once(killed, 'exit');
  const next = new S3Depot();
  const there = readdirSync(process.env.TMPDIR);
  t.deepEqual([there.length, there.includes(left)], [2, false]);
  living.close();
  next.close();
  t.deepEqual(readdirSync(process.env.TMPDIR), []);
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

test('a worker that cannot start leaves no folder', (t) => {
  const folder = temporaryFolder();
  const env = { ...process.env, TMPDIR: folder };
  const { stderr } = spawnSync(process.execPath, [path.join(ROOT, 'bin', 'gst-ipl.js'), 'worker', '--queue', 'redis://127.0.0.1:1', '--shared', 's3://studio/x'], { env, encoding: 'utf8' });
  t.regex(stderr, /cannot be reached/);
  t.deepEqual(readdirSync(folder), []);
});
