/** What `gst-ipl doctor --verbose` says beside its findings: what a report of a fault needs. */
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem } from 'node:os';
import path from 'node:path';

/** Packages whose versions decide what works. */
const PACKAGES = ['onnxruntime-node', 'sharp', 'koffi', 'rxjs'];

/** What changes how GStreamer and the process behave. */
const VARIABLES = ['GST_PLUGIN_PATH', 'GST_DEBUG', 'UV_THREADPOOL_SIZE', 'GLIBC_TUNABLES', 'NODE_OPTIONS', 'TMPDIR', 'XDG_RUNTIME_DIR'];

export function machineFacts(environment: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const packages = PACKAGES.map((name): [string, string] => [name, versionOf(name)]);
  const variables = VARIABLES.map((name): [string, string] => [name, environment[name] ?? 'not set']);
  return {
    kernel: release(),
    cores: `${availableParallelism()} (${cpus()[0]?.model ?? 'unknown'})`,
    memory: `${(totalmem() / 1e9).toFixed(1)} GB`,
    ...Object.fromEntries(packages),
    ...Object.fromEntries(variables),
  };
}

/** From its package.json: not every package lets it be required. */
function versionOf(name: string): string {
  for (const folder of require.resolve.paths(name) ?? []) {
    try {
      return (JSON.parse(readFileSync(path.join(folder, name, 'package.json'), 'utf8')) as { version: string }).version;
    } catch {
      // In the next folder, as Node looks for it.
    }
  }
  return 'not installed';
}
