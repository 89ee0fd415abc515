import path from 'node:path';

export const ROOT = path.join(__dirname, '..', '..');

/** A plain JavaScript module of scripts/ or bin/, which has no declarations, as the test says that it is. */
export function script<Exports>(file: string): Exports {
  return module.require(path.join(ROOT, file)) as Exports;
}
