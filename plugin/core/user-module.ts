/**
 * Loads users' own modules: TypeScript or JavaScript, ES modules or CommonJS, whatever `package.json` and `tsconfig.json`
 * are near. jiti reads them all in one way; Node's own ways differ with its version, and with each of these files.
 */
import { createRequire } from 'node:module';
import path from 'node:path';
import { createJiti } from 'jiti';

type Jiti = ReturnType<typeof createJiti>;
type JitiOptions = NonNullable<Parameters<typeof createJiti>[1]>;
type TransformOptions = Parameters<Jiti['transform']>[0];

/**
 * @param file absolute path
 * @param main the module is the program: `require.main === module` is true in it
 * @returns what it exports
 */
export function importUserModule(file: string, { main = false } = {}): Promise<unknown> {
  const options: JitiOptions = {
    // Others could write into a shared cache what is run here later; users' modules are small.
    fsCache: false,
    virtualModules: shared(file),
    // A module is what it exports; a proxy around it would cost at every access.
    interopDefault: false,
  };
  const jiti = createJiti(__filename, options);
  const loader = main ? createJiti(__filename, { ...options, transform: (given) => ({ code: markedAsMain(jiti, given, file) }) }) : jiti;
  return loader.import(file);
}

/** What the module and gst-ipl have in common: the same `gst-ipl` from any folder, and RxJS where the folder has none. */
function shared(file: string): Record<string, unknown> {
  /* eslint-disable @typescript-eslint/no-require-imports -- only now: the library itself imports this file */
  const modules: Record<string, unknown> = { 'gst-ipl': require('../index') as unknown };
  if (!canResolve('rxjs', file)) Object.assign(modules, { rxjs: require('rxjs') as unknown, 'rxjs/operators': require('rxjs/operators') as unknown });
  /* eslint-enable @typescript-eslint/no-require-imports */
  return modules;
}

function canResolve(name: string, from: string): boolean {
  try {
    createRequire(from).resolve(name);
    return true;
  } catch {
    return false;
  }
}

/** On the first line, so that lines keep their numbers. */
function markedAsMain(jiti: Jiti, given: TransformOptions, file: string): string {
  const code = jiti.transform(given);
  return given.filename !== undefined && path.resolve(given.filename) === file ? `require.main = module;${code}` : code;
}
