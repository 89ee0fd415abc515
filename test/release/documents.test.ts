/** What the documents name is there: files, headings, commands. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { ROOT } from '../setup/script';

const FOLDERS = ['bench', 'bin', 'deploy', 'docs', 'examples', 'graphs', 'models', 'plugin', 'scripts', 'test'];
/** Of others: their texts name files of theirs. */
const NOT_OURS = ['THIRD-PARTY-NOTICES.md'];
/** What work leaves behind, or is put there by hand; git ignores it. */
const NOT_IN_A_CLONE = /^(bench\/quality\/(cache|out|peers)|models\/train\/(cache|runs))\b/;

const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');
const isDocument = (file: string): boolean => file.endsWith('.md') && !NOT_OURS.includes(file);
const documents = [
  ...readdirSync(ROOT),
  ...FOLDERS.flatMap((folder) => readdirSync(path.join(ROOT, folder), { recursive: true }).map((file) => path.join(folder, String(file)))),
].filter(isDocument);

/** Of a heading, as GitHub makes it. */
const anchorOf = (heading: string): string => heading.toLowerCase().replace(/[^\w\- ]/g, '').replaceAll(' ', '-');
const anchorsOf = (file: string): string[] => [...read(file).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchorOf(heading));

/** What a shell or YAML has between brackets is no link. */
const linksIn = (text: string): string[] => [...text.replace(/^ *```[^]*?^ *```/gm, '').matchAll(/\]\(([^)\s]+)\)/g)].map(([, to = '']) => to).filter((to) => !/^[a-z]+:/.test(to));
const linksOf = (file: string): string[] => linksIn(read(file));

/** Paths from the top of the repository, wherever they stand, up to a placeholder (`*`, `<K>`, `NAME`). */
const pathsIn = (text: string): string[] => {
  const found = text.matchAll(new RegExp(String.raw`(?<![\w./-])(?:${FOLDERS.join('|')})/(?:[\w./<>{},*-]*[\w/>}*])?`, 'g'));
  return [...found].map(([one]) => one.replace(/[^/]*([*<{]|\b[A-Z]+\b).*$/, (rest) => (/^[A-Z]+\.md$/.test(rest) ? rest : ''))).filter((one) => !NOT_IN_A_CLONE.test(one));
};

test('every document is looked at', (t) => {
  for (const file of ['README.md', 'ARCHITECTURE.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md', 'docs/tutorial.md', 'graphs/README.md', 'bench/README.md', 'models/README.md']) t.true(documents.includes(file), file);
});

const missing = (names: readonly string[]): string[] => names.filter((name) => !existsSync(path.join(ROOT, name)));

for (const file of documents) {
  test(`${file}: what it links to, and every path that it names, is there`, (t) => {
    const links = linksOf(file).map((link) => {
      const [to = '', anchor] = link.split('#');
      return { link, anchor, target: to === '' ? file : path.join(path.dirname(file), to) };
    });
    t.deepEqual(missing([...links.map(({ target }) => target), ...pathsIn(read(file))]), []);
    t.deepEqual(links.filter(({ anchor, target }) => anchor !== undefined && !anchorsOf(target).includes(anchor)), []);
  });

  test(`${file}: the commands that it names are there`, (t) => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const training = read('models/train/__main__.py');
    const named = (pattern: RegExp): string[] => [...read(file).matchAll(pattern)].map(([, name = '']) => name);
    t.deepEqual(named(/npm run ([a-z][\w:-]*)/g).filter((name) => !(name in scripts)), []);
    t.deepEqual(named(/python3 models\/train ([a-z][\w-]*)/g).filter((name) => !training.includes(`'${name}': (`)), []);
  });
}

test('ARCHITECTURE.md leaves no folder of plugin/ out', (t) => {
  const foldersOf = (folder: string): string[] => readdirSync(path.join(ROOT, folder), { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => `${folder}/${name}`);
  const linked = new Set(linksOf('ARCHITECTURE.md').map((link) => link.replace(/\/$/, '')));
  t.deepEqual(['plugin', 'plugin/graph', 'plugin/ipl'].flatMap(foldersOf).filter((folder) => !linked.has(folder)), []);
});

test('commands are for any shell', (t) => {
  const blocks = documents.flatMap((file) => [...read(file).matchAll(/^ *```sh\n([^]*?)^ *```/gm)].map(([, block = '']) => `${file}: ${block}`));
  t.true(blocks.length > 20);
  t.deepEqual(blocks.filter((block) => /(?<![$\w'"])[\w./-]*\{[^{}\s'"]*,[^{}]*\}|<\(|\[\[|^\s*source /m.test(block.replace(/'[^']*'/g, "''"))), [], 'no braces that only bash expands');
});

test('README.md is two screens', (t) => {
  t.true(read('README.md').split('\n').length <= 100);
});

test('the files of test/ that the training reads and writes are there', (t) => {
  const programs = readdirSync(path.join(ROOT, 'models/train'), { recursive: true }).map((file) => path.join('models/train', String(file))).filter((file) => file.endsWith('.py'));
  const joined = programs.flatMap((file) => [...read(file).matchAll(/os\.path\.join\(TEST, ([^)]*)\)/g)].map(([, parts = '']) => path.join('test', ...parts.replaceAll("'", '').split(', '))));
  t.true(joined.includes('test/golden'));
  t.deepEqual(missing(joined), []);
});
