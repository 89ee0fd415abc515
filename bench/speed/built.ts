/**
 * Loaded first where something is measured: modules of plugin/ come from dist/, because that is what users run. Workers that
 * compile TypeScript as they start would take a hundred megabytes each, and a second.
 */
import Module from 'node:module';
import path from 'node:path';

type Resolve = (request: string, ...rest: unknown[]) => string;

const ROOT = path.join(__dirname, '..', '..');
const SOURCES = path.join(ROOT, 'plugin') + path.sep;

/** Node's own hook for this; `module.registerHooks` came with Node 22. */
const loader = Module as unknown as { _resolveFilename: Resolve };
const resolve = loader._resolveFilename.bind(Module);
loader._resolveFilename = (request, ...rest) => {
  const file = resolve(request, ...rest);
  if (!file.startsWith(SOURCES) || !file.endsWith('.ts')) return file;
  return path.join(ROOT, 'dist', file.slice(SOURCES.length).replace(/\.ts$/, '.js'));
};
