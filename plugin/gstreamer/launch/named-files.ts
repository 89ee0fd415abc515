/** What GStreamer elements name outside of a graph: files that they read, files that they write, devices, network interfaces. */
import { fileURLToPath } from 'node:url';
import path from 'node:path';
import { requireInterfaces } from '../../core/address/interfaces';
import { asGstIplError } from '../../core/errors';
import { checkInput, checkOutput, type PathFinding } from '../../core/paths';
import { fillPattern, isNumbered } from '../../core/name-pattern';
import type { LaunchFinding } from './launch-error';
import { isPattern } from './pattern-properties';

/** A property of an element that may name something, and its value as GStreamer has it; null where nothing is set. */
export interface NamedFile {
  readonly factory: string;
  readonly property: string;
  readonly value: string | null;
}

/** Properties that hold a path or an address, by GStreamer's custom, and interfaces. */
export const FILE_PROPERTIES = ['location', 'uri', 'device', 'playlist-location', 'multicast-iface'];

/** They do nothing without a file. */
const NEED_FILE = ['filesrc', 'filesink'];

/** A name with a number or a wild card in it stands for several. */
const PATTERN = /[%*?]/;

/** @returns what is wrong with it, or undefined */
export function checkNamedFile({ factory, property, value }: NamedFile): LaunchFinding | undefined {
  if (value === null || value === '') return property === 'location' && NEED_FILE.includes(factory) ? namesNone(factory) : undefined;
  if (property === 'multicast-iface') return checkInterfaces(value);
  const file = pathOf(value);
  if (file === undefined) return undefined;
  const finding = checkPath(factory, property, file);
  return finding && { code: 'missing-file', ...finding, token: value };
}

function checkInterfaces(names: string): LaunchFinding | undefined {
  try {
    requireInterfaces(names);
    return undefined;
  } catch (error) {
    const { code, message, hint } = asGstIplError(error, 'bad-option');
    return { code, message: `${message.charAt(0).toUpperCase()}${message.slice(1)}`, hint, token: names };
  }
}

function checkPath(factory: string, property: string, file: string): PathFinding | undefined {
  if (property === 'device') return file.startsWith('/dev/') ? checkInput(file, 'device') : undefined;
  const writes = /sink\d*$/.test(factory); // As GStreamer names its elements.
  const numbers = isPattern(factory, property);
  const one = numbers && !isNumbered(file) ? fillPattern(file) : file;
  if (!PATTERN.test(one) || one !== file) return writes ? checkOutput(one) : checkInput(one, 'file');
  const written = path.dirname(file);
  if (numbers ? isNumbered(written) : PATTERN.test(written)) return undefined;
  const folder = numbers ? fillPattern(written) : written;
  // A file of a name that holds a sign may be there as it is written.
  return writes || checkInput(file, 'file') ? checkFolder(folder, writes) : undefined;
}

function checkFolder(folder: string, writes: boolean): PathFinding | undefined {
  return writes ? checkOutput(path.join(folder, 'x')) : checkInput(folder, 'folder');
}

/** Undefined for what lies in a network. */
function pathOf(value: string): string | undefined {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(value)) return value;
  if (!/^file:/i.test(value)) return undefined;
  try {
    return fileURLToPath(value);
  } catch {
    return undefined;
  }
}

function namesNone(factory: string): LaunchFinding {
  return { code: 'missing-file', message: `${factory} names no file.`, hint: 'Write its path: `location=PATH`.', token: factory };
}
