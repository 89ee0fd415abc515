import { existsSync, linkSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { putInPlace } from '../../plugin/core/files/put-in-place';
import { temporaryFolder } from '../support/folder';

function files(text: string): { from: string; target: string; folder: string } {
  const folder = temporaryFolder();
  const [from, target] = [path.join(folder, 'new'), path.join(folder, 'target')];
  writeFileSync(from, text);
  return { from, target, folder };
}

test('what is absent gets its name', async (t) => {
  const { from, target } = files('whole');
  await putInPlace(from, target);
  t.deepEqual([readFileSync(target, 'utf8'), existsSync(from), statSync(target).nlink], ['whole', false, 1]);
});

test('what is there and the same is left: the very file', async (t) => {
  const text = 'x'.repeat(300_000);
  const { from, target } = files(text);
  writeFileSync(target, text);
  const { ino, mtimeMs } = statSync(target);
  await putInPlace(from, target);
  t.deepEqual([statSync(target).ino, statSync(target).mtimeMs, existsSync(from)], [ino, mtimeMs, false]);
});

test('what is there and another is replaced, at whatever place it differs', async (t) => {
  for (const old of ['', 'short', `${'x'.repeat(299_999)}y`]) {
    const { from, target } = files('x'.repeat(300_000));
    writeFileSync(target, old);
    linkSync(target, `${target}.seen`); // Whoever has it open reads on in what was there.
    await putInPlace(from, target);
    t.deepEqual([readFileSync(target, 'utf8').length, readFileSync(`${target}.seen`, 'utf8'), existsSync(from)], [300_000, old, false]);
  }
});

test('a link stays, and what it leads to is replaced', async (t) => {
  const { from, target, folder } = files('new');
  mkdirSync(path.join(folder, 'far'));
  symlinkSync('far/file', target);
  await putInPlace(from, target);
  t.is(readFileSync(path.join(folder, 'far', 'file'), 'utf8'), 'new');
});

test('a place that takes nothing is told', async (t) => {
  const { from, folder } = files('new');
  await t.throwsAsync(putInPlace(from, path.join(folder, 'not', 'there')), { message: /could not be put into its place: ENOENT/ });
});
