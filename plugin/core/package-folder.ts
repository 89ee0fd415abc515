/** Where the package lies: two folders up, from plugin/core and from dist/core alike. */
import path from 'node:path';

export const PACKAGE_FOLDER = path.join(__dirname, '..', '..');
