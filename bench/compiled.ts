/**
 * What is measured is what users run, and nothing else in the process: a compiler's heap beside it would make every collection
 * of garbage take ten times as long. So measuring processes run JavaScript: the benchmark compiled, the product from dist/.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync, readFileSync } from 'node:fs';
import path from 'node:path';

export const ROOT = path.join(__dirname, '..');

/** What runs compiled. */
const FOLDERS = ['bench', 'bench/speed', 'bench/speed/stages', 'bench/gpu'];

/** What the compiled benchmark finds beside itself, under the name that its sources know. */
const BESIDE = { plugin: 'dist', bin: 'bin', examples: 'examples', models: 'models' };

const CACHE = path.join(ROOT, 'node_modules', '.cache', 'gst-ipl-bench');

let folder: string | undefined;

/** @returns a folder with the compiled benchmark; the one that this very module lies in where it is compiled already */
export function compiledBench(): string {
  if (__filename.endsWith('.js')) return ROOT;
  if (folder === undefined) {
    rmSync(CACHE, { recursive: true, force: true });
    compileInto(CACHE);
    for (const [name, target] of Object.entries(BESIDE)) symlinkSync(path.join(ROOT, target), path.join(CACHE, name));
  }
  return (folder = CACHE);
}

/** Types are `npm run check`'s business. */
export function compileInto(target: string): void {
  // The compiler is no part of a bundle.
  // oxlint-disable-next-line typescript/no-require-imports
  const { transpileModule, ModuleKind, ScriptTarget } = require('typescript') as typeof import('typescript');
  const compilerOptions = { module: ModuleKind.CommonJS, target: ScriptTarget.ES2023, esModuleInterop: true };
  for (const from of FOLDERS.filter((name) => existsSync(path.join(ROOT, name)))) {
    mkdirSync(path.join(target, from), { recursive: true });
    for (const name of readdirSync(path.join(ROOT, from))) {
      const [source, output] = [path.join(ROOT, from, name), path.join(target, from, name)];
      if (!statSync(source).isFile()) continue;
      if (!name.endsWith('.ts')) cpSync(source, output);
      else writeFileSync(output.replace(/\.ts$/, '.js'), transpileModule(readFileSync(source, 'utf8'), { compilerOptions }).outputText);
    }
  }
}
