/** The npm packages of a bundle: what the product needs at run time, without what other systems need. */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ROOT } from '../compiled';

interface PackageFile {
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** Parts of packages that nothing loads here. */
const NEEDLESS = [/\/obj\.target\b/, /\/onnxruntime-node\/bin\/.*\/(darwin|win32|arm64)$/, /\/rxjs\/(src|dist\/(esm|esm5|bundles|types))$/, /\.(map|d\.ts|md)$/];

/** They serve the installation of others only. */
const INSTALLERS = ['nan', 'adm-zip', 'global-agent'];

/** The versions that fit together: the provider of the one is built for the other. Both from npm, for measuring only. */
const CUDA_PROVIDER = 'com.github.asus4.onnxruntime.linux-x64-gpu@0.4.9';
const CUDA_ONNXRUNTIME = '1.29.0';

export function copyPackages(target: string): void {
  const wanted = new Set<string>();
  const add = (folder: string): void => {
    const { dependencies = {} } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as PackageFile;
    for (const name of Object.keys(dependencies)) {
      if (wanted.has(name) || INSTALLERS.includes(name)) continue;
      wanted.add(name);
      add(path.join(ROOT, 'node_modules', name));
    }
  };
  add(ROOT);
  const filter = (source: string): boolean => !NEEDLESS.some((part) => part.test(source));
  for (const name of wanted) cpSync(path.join(ROOT, 'node_modules', name), path.join(target, name), { recursive: true, dereference: true, filter });
}

/**
 * onnxruntime-node with CUDA's provider beside it, as its installer would put it there. Not the product's version: the
 * provider is reached through tables of functions that change with every version, and onnxruntime-node 1.30 asks its library
 * for an API that 1.29 does not have. Fetched from npm.
 */
export function copyCudaPackages(target: string): void {
  const folder = mkdtempSync(path.join(tmpdir(), 'gst-ipl-cuda-'));
  try {
    for (const name of [CUDA_PROVIDER, `onnxruntime-node@${CUDA_ONNXRUNTIME}`, `onnxruntime-common@${CUDA_ONNXRUNTIME}`]) unpack(name, folder, target);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function unpack(name: string, folder: string, target: string): void {
  const file = execFileSync('npm', ['pack', name, '--silent'], { cwd: folder, encoding: 'utf8' }).trim();
  execFileSync('tar', ['-xzf', file], { cwd: folder });
  const unpacked = path.join(folder, 'package');
  const filter = (source: string): boolean => !NEEDLESS.some((part) => part.test(source.replace(unpacked, '/onnxruntime-node')));
  const own = path.join(target, 'node_modules', name.split('@')[0] ?? name);
  const plugins = path.join(unpacked, 'Plugins', 'Linux', 'x64');
  if (existsSync(plugins)) {
    const beside = path.join(target, 'node_modules', 'onnxruntime-node', 'bin', 'napi-v6', 'linux', 'x64');
    mkdirSync(beside, { recursive: true });
    for (const library of ['libonnxruntime_providers_cuda.so', 'libonnxruntime_providers_shared.so']) cpSync(path.join(plugins, library), path.join(beside, library));
  } else cpSync(unpacked, own, { recursive: true, filter });
  rmSync(unpacked, { recursive: true });
}
