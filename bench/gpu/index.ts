/**
 * Makes a bundle that measures on a machine with a GPU and without a network: Node, GStreamer, the package, onnxruntime, and
 * the benchmark, in pieces of less than 60 MB.
 *
 *     npm run bench:gpu [-- --out out/gpu] [-- --no-cuda]
 *
 * There: `sh unpack.sh DIR && DIR/run.sh` prints the table of bench:speed for cpu, webgpu and cuda, and why not where one
 * does not work. CUDA's provider (from npm, 180 MB) is for measuring only.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readdirSync, realpathSync, rmSync, statSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { compileInto, ROOT } from '../compiled';
import { copyLibraries, pluginFiles } from './libraries';
import { copyCudaPackages, copyPackages } from './packages';

// A plain script, without types.
// oxlint-disable-next-line typescript/no-require-imports
const { ensureBuild } = require('../../scripts/setup/build.js') as { ensureBuild(): Promise<void> };

const PIECE_BYTES = 55_000_000;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { out: { type: 'string', default: path.join('out', 'gpu') }, 'no-cuda': { type: 'boolean', default: false } } });
  await ensureBuild();
  const out = path.resolve(values.out);
  const [core, cuda] = [path.join(out, 'core'), path.join(out, 'cuda')];
  rmSync(out, { recursive: true, force: true });
  mkdirSync(core, { recursive: true });
  assemble(core);
  if (!values['no-cuda']) copyCudaPackages(path.join(cuda, 'onnxruntime-cuda'));
  for (const folder of values['no-cuda'] ? [core] : [core, cuda]) pack(folder, out);
  cpSync(path.join(__dirname, 'bundle', 'unpack.sh'), path.join(out, 'unpack.sh'));
  for (const name of readdirSync(out).sort()) console.log(`${(statSync(path.join(out, name)).size / 1e6).toFixed(1).padStart(6)} MB  ${path.join(out, name)}`);
}

function assemble(bundle: string): void {
  const app = path.join(bundle, 'app');
  const modules = path.join(app, 'node_modules');
  copyPackages(modules);
  compileInto(app);
  for (const name of ['dist', 'bin', 'package.json']) cpSync(path.join(ROOT, name), path.join(app, name), { recursive: true });
  cpSync(path.join(ROOT, 'models'), path.join(app, 'models'), { recursive: true, filter: (source) => !/\/train$/.test(source) });
  symlinkSync('dist', path.join(app, 'plugin'));

  const node = realpathSync(process.execPath);
  const natives = [`@koromix/koffi-linux-${process.arch}/linux_${process.arch}/koffi.node`, 'onnxruntime-node/bin/napi-v6/linux/x64/onnxruntime_binding.node'];
  const plugins = pluginFiles();
  copyLibraries([node, ...natives.map((file) => path.join(ROOT, 'node_modules', file)), ...plugins], path.join(bundle, 'lib'));
  mkdirSync(path.join(bundle, 'libexec'));
  cpSync(node, path.join(bundle, 'libexec', 'node'));
  mkdirSync(path.join(bundle, 'gstreamer'));
  for (const file of plugins) cpSync(file, path.join(bundle, 'gstreamer', path.basename(file)));
  for (const name of ['run.sh', 'node', 'preload.cjs']) {
    cpSync(path.join(__dirname, 'bundle', name), path.join(bundle, name));
    chmodSync(path.join(bundle, name), 0o755);
  }
}

function pack(folder: string, out: string): void {
  const archive = `${path.basename(folder)}.tar.gz`;
  execFileSync('sh', ['-c', `tar -cz -C "$1" . | split -b ${PIECE_BYTES} -d - "$2."`, 'sh', folder, path.join(out, archive)]);
  rmSync(folder, { recursive: true });
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
