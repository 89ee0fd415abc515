/** Errors as sentences, and exit codes as `gst-ipl --help` lists them. */
import { GstIplError, isWrongAsWritten } from '../core/errors';
import { colouredError, entriesOfError, showsColour } from '../observe/log';
import { UsageError } from './arguments';
import { outputFormat, writeEntry } from './output';

export const FAILED = 1;
export const WRONG_USAGE = 2;

/** @returns the exit code */
export function reportError(error: unknown): number {
  if (error instanceof UsageError) {
    tellError(`gst-ipl: ${error.message}${error.hint ? `\n    ${error.hint}` : ''}`);
    return WRONG_USAGE;
  }
  if (error instanceof GstIplError) {
    if (outputFormat() === 'json') entriesOfError(error).forEach(writeEntry);
    else tellError(error.describe());
    return isWrongAsWritten(error) ? WRONG_USAGE : FAILED;
  }
  const refusal = refusalOfSystem(error);
  if (refusal !== undefined) {
    tellError(`gst-ipl: ${refusal}`);
    return FAILED;
  }
  console.error('gst-ipl: this is a defect of gst-ipl; please report it with the lines below.');
  console.error(error);
  return FAILED;
}

/** What whoever runs the machine can mend: disks, permissions, paths. */
const HINTS: Readonly<Record<string, string>> = {
  ENOSPC: 'Make room on the disk.',
  EDQUOT: 'Make room: no more may be stored for this user.',
  EACCES: 'Check the permissions.',
  EPERM: 'Check the permissions.',
  EROFS: 'The disk takes nothing; name another folder.',
  ENOENT: 'Check the path.',
  ENOTDIR: 'Check the path: a part of it is no folder.',
  EISDIR: 'It is a folder: name a file in it.',
  ENAMETOOLONG: 'Shorten the name.',
  EMFILE: 'Too many files are open: raise the limit (ulimit -n).',
  EIO: 'The disk is damaged, or gone.',
};

/** The system's own word for why it did not do what it was asked to. Undefined for all else. */
function refusalOfSystem(error: unknown): string | undefined {
  const { code, syscall } = (error ?? {}) as NodeJS.ErrnoException;
  if (!(error instanceof Error) || syscall === undefined || code === undefined) return undefined;
  const hint = HINTS[code];
  return hint === undefined ? `${error.message}.` : `${error.message}.\n    ${hint}`;
}

/** The description of an error, on standard error. */
export function tellError(text: string): void {
  console.error(showsColour(process.stderr) ? colouredError(text) : text);
}
