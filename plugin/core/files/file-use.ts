/** What files something reads or writes, known before it runs, and which of these cannot go together. */
import path from 'node:path';
import { fillPattern, isNumbered } from './name-pattern';
import { fileIdentity, folderIdentity } from './file-identity';

export interface FileUse {
  readonly does: 'reads' | 'writes';
  /** A path; or, with `names`, a folder. */
  readonly path: string;
  /** Many files, whose names come as the work goes on. */
  readonly names?: RegExp;
  /** The folder is the node's own: it is filled, cleared and shown as one thing, and nothing else may be put there for good. */
  readonly owns?: boolean;
}

export type FileFound = Pick<FileUse, 'path' | 'names'>;

/** Whether one writes what the other reads or writes. */
export function clash(a: FileUse, b: FileUse): boolean {
  if (a.does === 'reads' && b.does === 'reads') return false;
  if (a.names && b.names) return ((a.owns && b.owns) || a.names.source === b.names.source) && folderIdentity(a.path) === folderIdentity(b.path);
  if (a.names) return isOneOf(b.path, a.path, a.names);
  if (b.names) return isOneOf(a.path, b.path, b.names);
  const identity = fileIdentity(a.path);
  return identity !== undefined && identity === fileIdentity(b.path);
}

function isOneOf(file: string, folder: string, names: RegExp): boolean {
  return names.test(path.basename(file)) && folderIdentity(path.dirname(path.resolve(file))) === folderIdentity(folder);
}

/** The files of a printf pattern such as `still-%03d.jpg`. */
export function filesOfPattern(pattern: string): FileFound {
  const whole = path.resolve(pattern);
  if (!isNumbered(pattern)) return { path: fillPattern(pattern) };
  const quote = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const numbered = fillPattern(path.basename(whole), (text) => (/x$/i.test(text) ? '(?:0x)?[\\da-fA-F]+' : '[-+ ]*\\d+'), quote);
  return { path: fillPattern(path.dirname(whole)), names: new RegExp(`^${numbered}$`) };
}
