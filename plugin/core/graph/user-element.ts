/** Loads a user's own element: a module that a graph names by its path. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Element } from '../element';
import { GstIplError } from '../errors';

/**
 * @param specifier path relative to the graph file, as in `./my-filter.ts`
 * @throws GstIplError `bad-graph` when the module is missing, fails, or exports no `element`
 */
export function loadUserElement(specifier: string, graphFile: string): Element {
  const file = path.resolve(path.dirname(graphFile), specifier);
  if (!existsSync(file)) {
    throw new GstIplError('bad-graph', `The element module ${specifier} does not exist.`, {
      hint: `Its path is relative to the graph file: ${file} was looked for.`,
    });
  }
  if (path.extname(file) === '.ts') enableTypeScript(specifier);
  const { element } = requireModule(file, specifier) as { element?: Partial<Element> };
  if (!element) {
    throw new GstIplError('bad-graph', `The module ${specifier} does not export an element.`, {
      hint: 'Export one: `export const element = defineElement({ kind: "stage", name: ..., ... })`.',
    });
  }
  const missing = missingParts(element);
  if (missing.length > 0) {
    throw new GstIplError('bad-graph', `The element of the module ${specifier} lacks ${missing.join(', ')}.`, {
      hint: 'TypeScript shows what an element needs: `defineElement({ ... })`.',
    });
  }
  return element as Element;
}

function missingParts(element: Partial<Record<string, unknown>>): string[] {
  const parts = ['kind', 'name', 'input', 'output', 'options'].filter((part) => element[part] === undefined);
  const work = element.kind === 'fragment' ? 'launch' : 'create';
  if (typeof element[work] !== 'function') parts.push(`${work}()`);
  return parts;
}

function requireModule(file: string, specifier: string): unknown {
  try {
    // The user decides at run time which module it is.
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    return require(file) as unknown;
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new GstIplError('bad-graph', `The element module ${specifier} cannot be loaded: ${reason}`, { cause: error });
  }
}

interface TsNode {
  register(options: { transpileOnly: boolean; compilerOptions: object }): void;
}

/** Users' TypeScript is compiled as it loads; the check of its types is left to their editor. */
function enableTypeScript(specifier: string): void {
  if (require.extensions['.ts']) return;
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    (require('ts-node') as TsNode).register({ transpileOnly: true, compilerOptions: { module: 'CommonJS', esModuleInterop: true } });
  } catch (error) {
    throw new GstIplError('bad-graph', `The element module ${specifier} is TypeScript, which needs ts-node.`, {
      hint: 'Run `npm install ts-node typescript@5`, or name a JavaScript module.',
      cause: error,
    });
  }
}
