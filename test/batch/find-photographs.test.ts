/** What of a folder is read. */
import { mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import sharp from 'sharp';
import { findPhotographs } from '../../plugin/batch/find-photographs';
import { temporaryFolder } from '../support/folder';

test('links are followed to files and folders, none for ever, and none twice; of one that leads nowhere it is told', async (t) => {
  const folder = temporaryFolder();
  const [photos, elsewhere, out] = ['photos', 'elsewhere', 'out'].map((name) => path.join(folder, name));
  for (const each of [photos, elsewhere, out]) {
    mkdirSync(each);
    await sharp({ create: { width: 8, height: 8, channels: 3, background: 'grey' } }).jpeg().toFile(path.join(each, 'one.jpg'));
  }
  symlinkSync(path.join(elsewhere, 'one.jpg'), path.join(photos, 'two.jpg'));
  symlinkSync(elsewhere, path.join(photos, 'linked'));
  symlinkSync(elsewhere, path.join(photos, 'linked-again'));
  symlinkSync(photos, path.join(elsewhere, 'back'));
  symlinkSync(out, path.join(photos, 'fused-before'));
  symlinkSync(path.join(folder, 'nowhere'), path.join(photos, 'lost.jpg'));
  const found = await findPhotographs([photos, elsewhere], out);
  t.deepEqual(found.flatMap(({ photographs }) => photographs.map(({ file }) => path.relative(folder, file))), ['photos/one.jpg', 'photos/two.jpg', 'photos/linked/one.jpg']);
  t.deepEqual(found.map(({ place }) => place), ['photos', 'photos/linked']);
  t.deepEqual(found.flatMap(({ refused }) => refused.map(({ file }) => path.basename(file))), ['lost.jpg']);
});
