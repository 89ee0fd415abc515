/** A bucket of photographs, as an operator has it. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import sharp from 'sharp';
import { makeBrackets } from '../support/brackets';
import { runCommand } from '../support/command';
import { temporaryFolder } from '../support/folder';
import { ObjectStore } from '../support/object-store';

test('a batch reads a bucket and writes to one; what is done there is not done again, by any machine', async (t) => {
  const store = await ObjectStore.start(t);
  Object.assign(process.env, store.environment);
  const photos = temporaryFolder();
  await makeBrackets(photos, 1, { width: 160, height: 120 });
  for (const number of [1, 2, 3]) store.objects.set(`studio/june/IMG_000${number}.jpg`, readFileSync(path.join(photos, `IMG_000${number}.jpg`)));
  const first = await runCommand('batch', 's3://studio/june', '-o', 's3://studio/fused');
  t.is(first.code, 0, first.stderr);
  t.regex(first.stderr, /1 fused, 0 were done before, 0 failed, .*: s3:\/\/studio\/fused\/index\.html, s3:\/\/studio\/fused\/report\.json/);
  const made = [...store.objects.keys()].filter((key) => key.startsWith('studio/fused/')).sort();
  t.deepEqual(made, ['.gst-ipl-batch.jsonl', 'IMG_0001-fused.jpg', 'index.html', 'report.json'].map((name) => `studio/fused/${name}`));
  t.is((await sharp(store.objects.get('studio/fused/IMG_0001-fused.jpg')).metadata()).width, 160);
  t.notRegex(first.stderr, /open-sesame/);
  const second = await runCommand('batch', 's3://studio/june', '-o', 's3://studio/fused');
  t.regex(second.stderr, /0 fused, 1 were done before/);
  t.regex(store.objects.get('studio/fused/index.html')?.toString() ?? '', /img alt="IMG_0001-fused\.jpg" src="data:image\/jpeg/);
  const wrong = await runCommand('batch', 's3://studio/../june', '-o', 's3://studio/fused');
  t.is(wrong.code, 2, wrong.stderr);
});
