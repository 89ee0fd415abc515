/**
 * Loads users' own modules: TypeScript or JavaScript, ES modules or CommonJS, whatever `package.json` and `tsconfig.json`
 * are near. jiti reads them all in one way; Node's own ways differ with its version, and with each of these files.
 */
import { createRequire } from 'node:module';
import path from 'node:path';
import { createJiti } from 'jiti';
import * as rxjs from 'rxjs';
import * as operators from 'rxjs/operators';

type Jiti = ReturnType<typeof createJiti>;
type JitiOptions = NonNullable<Parameters<typeof createJiti>[1]>;
type TransformOptions = Parameters<Jiti['transform']>[0];

/** What users' modules get by a name, whatever folder they lie in. */
const offered = new Map<string, () => unknown>();

/** The package offers itself, so that users' modules have the very instance that runs them, and nothing here imports it. */
export function offerToUserModules(name: string, load: () => unknown): void {
  offered.set(name, load);
}

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

/** What the module and gst-ipl have in common: what is offered, and RxJS where its folder has none. */
function shared(file: string): Record<string, unknown> {
  const modules: Record<string, unknown> = {};
  for (const [name, load] of offered) modules[name] = load();
  if (!canResolve('rxjs', file)) Object.assign(modules, { rxjs, 'rxjs/operators': operators });
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
