/** Where a file goes that is written, and which paths are one file. */
import { execFileSync } from 'node:child_process';
import { chmodSync, linkSync, lstatSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { fileIdentity } from '../../plugin/core/files/file-identity';
import { clash, filesOfPattern } from '../../plugin/core/files/file-use';
import { OWN_MARK } from '../../plugin/core/files/process-mark';
import { OutputFile } from '../../plugin/core/files/output-file';
import { temporaryFolder } from '../support/folder';

/** A folder with a file in it. */
function withFile(): { folder: string; at: (name: string) => string; file: string } {
  const folder = temporaryFolder();
  const at = (name: string): string => path.join(folder, name);
  writeFileSync(at('a.txt'), 'old');
  return { folder, at, file: at('a.txt') };
}

function written(location: string, text = 'new'): OutputFile {
  const file = OutputFile.at(location);
  if (!file) throw new Error(`${location} would be written as it is.`);
  writeFileSync(file.temporary, text);
  return file;
}

test('a file gets its name in one step, and the permissions of the one before', async (t) => {
  const { folder, file } = withFile();
  chmodSync(file, 0o640);
  const output = written(file);
  t.is(readFileSync(file, 'utf8'), 'old');
  t.regex(path.basename(output.temporary), new RegExp(`^a\\.txt\\.${OWN_MARK}-\\d+\\.part$`));
  await output.finish();
  t.is(readFileSync(file, 'utf8'), 'new');
  t.is(statSync(file).mode & 0o777, 0o640);
  t.deepEqual(readdirSync(folder), ['a.txt']);
});

test('a link stays, and leads to the new file; so does one that led to nothing', async (t) => {
  const { at, file } = withFile();
  mkdirSync(at('elsewhere'));
  symlinkSync('../a.txt', at('elsewhere/one'));
  symlinkSync('elsewhere/one', at('two'));
  await written(at('two')).finish();
  t.is(readFileSync(file, 'utf8'), 'new');
  t.true(lstatSync(at('two')).isSymbolicLink() && lstatSync(at('elsewhere/one')).isSymbolicLink());
  symlinkSync('elsewhere/later', at('dangling'));
  await written(at('dangling')).finish();
  t.is(readFileSync(at('elsewhere/later'), 'utf8'), 'new');
});

test('what is no regular file is written as it is', (t) => {
  const { at, folder, file } = withFile();
  execFileSync('mkfifo', [at('fifo')]);
  symlinkSync('fifo', at('to-fifo'));
  symlinkSync('/proc/self/fd/1', at('to-stdout'));
  for (const name of ['/dev/null', '/dev/full', '/dev/stdout', '/dev/fd/1', '/proc/self/fd/1', at('fifo'), at('to-fifo'), at('to-stdout'), folder, at('missing/a.txt')]) {
    t.is(OutputFile.at(name), undefined, name);
  }
  t.not(OutputFile.at('/dev/shm/a.txt'), undefined);
  t.not(OutputFile.at(file), undefined);
});

test('what was cut short is kept beside, under a name that is free; nothing is kept of nothing', (t) => {
  const { folder, at, file } = withFile();
  t.is(written(file, 'one').keepCut(), at('a.cut.txt'));
  t.is(written(file, 'two').keepCut(), at('a.cut-1.txt'));
  t.is(written(file, '').keepCut(), undefined);
  written(file).remove();
  t.deepEqual(readdirSync(folder), ['a.cut-1.txt', 'a.cut.txt', 'a.txt']);
  t.deepEqual(['a.cut-1.txt', 'a.cut.txt', 'a.txt'].map((name) => readFileSync(at(name), 'utf8')), ['two', 'one', 'old']);
});

test('names as long as a file system takes', async (t) => {
  const { at } = withFile();
  const name = `${'ü'.repeat(125)}.png`;
  await written(at(name)).finish();
  t.is(readFileSync(at(name), 'utf8'), 'new');
  t.regex(path.basename(written(at(name)).keepCut() ?? ''), /^ü{120,}\.cut\.png$/);
});

test('paths that lead to one file are the same', (t) => {
  const { folder, at, file } = withFile();
  symlinkSync('a.txt', at('soft'));
  linkSync(file, at('hard'));
  symlinkSync(folder, at('round'));
  symlinkSync('later.txt', at('dangling'));
  const same = (...files: string[]): boolean => t.is(new Set(files.map(fileIdentity)).size, 1, files.join());
  same(file, at('./a.txt'), at('soft'), at('hard'), at('round/a.txt'), path.relative(process.cwd(), file));
  same(at('later.txt'), at('dangling'), at('round/later.txt'), `${folder}/x/../later.txt`);
  t.not(fileIdentity(file), fileIdentity(at('later.txt')));
  t.is(fileIdentity('/dev/null'), undefined);
});

test('a pattern clashes with the files that it will write', (t) => {
  const folder = temporaryFolder();
  const writes = { does: 'writes', ...filesOfPattern(path.join(folder, 'still+%03d.100%%.jpg')) } as const;
  const reads = (name: string) => ({ does: 'reads', path: path.join(folder, name) }) as const;
  t.true(clash(writes, reads('still+007.100%.jpg')));
  t.false(clash(writes, reads('still+x.100%.jpg')));
  t.false(clash(writes, { does: 'reads', path: '/tmp/still+007.100%.jpg' }));
  t.true(clash(writes, writes));
  t.false(clash(reads('a'), reads('a')));
});

test('what a process that is gone left in the same place is told from what one writes, and from what belongs elsewhere', (t) => {
  const { folder, file } = withFile();
  const [dead, boot] = [2 ** 22 - 3, OWN_MARK.split('-').slice(1).join('-')];
  const left = [`a.txt.${dead}-1.part`, `a.txt.${process.pid}-51a43701-1-7.part`, `a.txt.${dead}-${boot}-2.part`];
  const others = [`a.txt.${OWN_MARK}-3.part`, `b.txt.${dead}-1.part`, `a.txt.part`, `x.a.txt.${dead}-1.part`, `a.txt.${process.ppid}-1.part`];
  for (const name of [...left, ...others]) writeFileSync(path.join(folder, name), 'x');
  const found = OutputFile.at(file)?.leftovers().map(({ temporary }) => path.basename(temporary));
  t.deepEqual(found?.sort(), left.sort());
});
