import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'ava';
import { script } from './script';

const { STAMP, fingerprint, isBuilt } = script<{
  STAMP: string;
  fingerprint(root: string): string;
  isBuilt(root: string): boolean;
}>('scripts/setup/build.js');

/** A package of three sources, built; `write` writes one of its files. */
function builtPackage() {
  const root = mkdtempSync(path.join(tmpdir(), 'gst-ipl-build-'));
  const write = (file: string, text: string) => {
    const name = path.join(root, file);
    mkdirSync(path.dirname(name), { recursive: true });
    writeFileSync(name, text);
    return name;
  };
  write('tsconfig.json', '{}');
  write('models/ipl-s.onnx', 'model');
  write('plugin/core/time.ts', 'export {};');
  write(STAMP, fingerprint(root));
  return { root, write, remove: () => rmSync(root, { recursive: true }) };
}

const changes: Record<string, (pack: ReturnType<typeof builtPackage>) => void> = {
  'a source that changed': ({ write }) => write('plugin/core/time.ts', 'export const a = 1;'),
  'a source with an older time, as from a backup': ({ root }) => utimesSync(path.join(root, 'plugin/core/time.ts'), 1, 1),
  'a new source': ({ write }) => write('plugin/core/more.ts', ''),
  'a deleted source': ({ root }) => rmSync(path.join(root, 'plugin/core/time.ts')),
  'another model': ({ write }) => write('models/ipl-s.onnx', 'trained model'),
  'other compiler settings': ({ write }) => write('tsconfig.json', '{ }'),
  'a dist that is gone': ({ root }) => rmSync(path.join(root, 'dist'), { recursive: true }),
};

for (const [title, change] of Object.entries(changes)) {
  test(`${title} means building`, (t) => {
    const pack = builtPackage();
    t.teardown(pack.remove);
    t.true(isBuilt(pack.root));
    change(pack);
    t.false(isBuilt(pack.root));
  });
}

test('what dist is not made from does not mean building', (t) => {
  const pack = builtPackage();
  t.teardown(pack.remove);
  pack.write('README.md', 'text');
  pack.write('test/a.test.ts', '');
  pack.write('models/card.md', '');
  t.true(isBuilt(pack.root));
});
