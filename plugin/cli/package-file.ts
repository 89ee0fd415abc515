/** What package.json says. It lies two folders up, from plugin/cli and from dist/cli alike. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

export const PACKAGE_FOLDER = path.join(__dirname, '..', '..');

export function version(): string {
  const text = readFileSync(path.join(PACKAGE_FOLDER, 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
