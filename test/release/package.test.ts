/** What the npm package brings beside its code: whose work is in it, what it needs, how its network was made. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { ROOT, script } from '../setup/script';

interface Package { name: string; version: string; license: string }
interface Sbom {
  bomFormat: string;
  metadata: { component: { name: string } };
  components: { 'bom-ref': string; licenses?: { license?: { id?: string; name?: string }; expression?: string }[] }[];
  dependencies: { ref: string; dependsOn: string[] }[];
}
const { productionPackages } = script<{ productionPackages(root: string): Package[] }>('scripts/release/production.js');
const { wanted } = script<{ wanted(): Map<string, string> }>('scripts/release/notices.js');
const { writeSbom, faultsOf } = script<{ writeSbom(): void; faultsOf(sbom: Sbom, packages: Package[]): string[] }>('scripts/release/sbom.js');

const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');
const manifest = JSON.parse(read('package.json')) as { name: string; version: string; dependencies: Record<string, string>; optionalDependencies: Record<string, string>; scripts: Record<string, string> };

test('what is said of others and of the network is up to date', (t) => {
  for (const [file, text] of wanted()) t.is(read(file), text, `${file} is out of date: npm run notices`);
});

test('the notices name every package that is needed at work, with its text or where it is', (t) => {
  const text = read('THIRD-PARTY-NOTICES.md');
  const packages = productionPackages(ROOT);
  t.deepEqual(Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies }).filter((name) => !packages.some((one) => one.name === name)), []);
  for (const { name, version, license } of packages) t.true(text.includes(`\n### ${name} ${version} (${license})\n\n`), name);
  for (const word of ['GStreamer', 'LGPL 2.1', 'libx264', 'AssemblyScript', 'ThirdPartyNotices.txt']) t.true(text.includes(word), word);
});

test('the model card names the weights that are shipped, and everyone whose pictures they learnt from', (t) => {
  const card = read('models/MODEL_CARD.md');
  for (const file of ['ipl-s.onnx', ...[2, 3, 4, 5].map((k) => `ipl-s-k${k}-gpu.onnx`)]) {
    const sum = execFileSync('sha256sum', [path.join(ROOT, 'models', file)], { encoding: 'utf8' }).slice(0, 64);
    t.true(card.includes(`| \`${file}\` | \`${sum}\` |`), file);
  }
  for (const author of ['Poly Haven', 'Trevor "Freespace"', 'Jakub Mede', 'Aitzol Berasategi', 'Mishaal Rahman']) t.true(card.includes(author), author);
});

test('the package has all of it, and nothing of the workshop', (t) => {
  writeSbom();
  const [packed] = JSON.parse(execFileSync('npm', ['pack', '--dry-run', '--ignore-scripts', '--json'], { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })) as [{ files: { path: string }[] }];
  const files = packed.files.map((file) => file.path);
  const needed = ['LICENSE', 'README.md', 'CHANGELOG.md', 'SECURITY.md', 'THIRD-PARTY-NOTICES.md', 'sbom.cdx.json', 'docs/tutorial.md', 'docs/elements/ipl.md', 'models/MODEL_CARD.md', 'models/ipl-s.onnx', 'bin/gst-ipl.js', 'graphs/schema.json', 'package.json'];
  t.deepEqual(needed.filter((file) => !files.includes(file)), []);
  const expected = /^(bin|dist|graphs)\/(?!\.)|^docs\/([\w-]+\/)?[\w-]+\.(md|yaml)$|^examples\/media\/contact-sheet\.jpg$|^models\/(MODEL_CARD\.md|[\w-]+\.(onnx|json))$|^(LICENSE|CHANGELOG\.md|README\.md|SECURITY\.md|THIRD-PARTY-NOTICES\.md|sbom\.cdx\.json|package\.json)$/;
  t.deepEqual(files.filter((file) => !expected.test(file)), []);
  const dead = files.filter((file) => file.endsWith('.md') && file !== 'THIRD-PARTY-NOTICES.md').flatMap((file) => {
    const links = [...read(file).replace(/^ *```[^]*?^ *```/gm, '').matchAll(/\]\(([^)#\s]+)(#[^)]*)?\)/g)].map(([, to = '']) => to).filter((to) => !/^[a-z]+:/.test(to));
    return links.filter((to) => !files.includes(path.join(path.dirname(file), to))).map((to) => `${file}: ${to}`);
  });
  t.deepEqual(dead, [], 'links to what is not in the package');
  t.regex(manifest.scripts.prepack ?? '', /scripts\/release\/sbom\.js/);
  t.true(existsSync(path.join(ROOT, 'sbom.cdx.json')));
});

test('the bill of materials names each package that is needed at work, with its licence, and no other', (t) => {
  writeSbom();
  const sbom = JSON.parse(read('sbom.cdx.json')) as Sbom;
  const packages = productionPackages(ROOT);
  t.deepEqual([sbom.bomFormat, sbom.metadata.component.name], ['CycloneDX', manifest.name]);
  t.deepEqual(sbom.components.map((component) => component['bom-ref']).sort(), packages.map(({ name, version }) => `${name}@${version}`).sort());
  t.deepEqual(faultsOf(sbom, packages), []);
  const direct = sbom.dependencies.find(({ ref }) => ref === `${manifest.name}@${manifest.version}`)?.dependsOn ?? [];
  t.deepEqual(direct.map((ref) => ref.replace(/@[^@]*$/, '')).sort(), Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies }).sort());
});

test('a bill of materials that lacks a package or a licence is not written', (t) => {
  const packages = [{ name: 'a', version: '1.0.0', license: 'MIT' }, { name: 'b', version: '2.0.0', license: 'MIT' }];
  const sbom = { bomFormat: 'CycloneDX', metadata: { component: { name: 'x' } }, components: [{ 'bom-ref': 'a@1.0.0', licenses: [] }], dependencies: [] };
  t.deepEqual(faultsOf(sbom, packages), ['a 1.0.0 has no licence.', 'b 2.0.0 is missing.']);
});
