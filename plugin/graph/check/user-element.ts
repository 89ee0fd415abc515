/** Loads a user's own element: a module that a graph names by its path. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Element } from '../../core/element';
import { GstIplError, messageOf, traceOf } from '../../core/errors';
import { importUserModule } from '../../core/user-module';

/** `use: ./mine.ts` names a module, `use: ipl` a built-in element. */
export function isUserElement(use: string): boolean {
  return /^\.{0,2}\//.test(use);
}

/**
 * @param specifier path relative to the graph file, as in `./my-filter.ts`
 * @throws GstIplError `bad-graph` when the module is missing, fails, or exports no `element`
 */
export async function loadUserElement(specifier: string, graphFile: string): Promise<Element> {
  const file = path.resolve(path.dirname(graphFile), specifier);
  if (!existsSync(file)) {
    throw new GstIplError('bad-graph', `The element module ${specifier} does not exist.`, {
      hint: `Its path is relative to the graph file: ${file} was looked for.`,
    });
  }
  const { element } = (await importModule(file, specifier)) as { element?: Partial<Element> };
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

async function importModule(file: string, specifier: string): Promise<unknown> {
  try {
    return await importUserModule(file);
  } catch (error) {
    const reason = messageOf(error).replace(/\s*\n\s*/g, ' ').trim();
    throw new GstIplError('bad-graph', `The element module ${specifier} cannot be loaded: ${reason}`, { cause: error, trace: traceOf(error) });
  }
}
