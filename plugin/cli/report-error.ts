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
  console.error('gst-ipl: this is a defect of gst-ipl; please report it with the lines below.');
  console.error(error);
  return FAILED;
}

/** The description of an error, on standard error. */
export function tellError(text: string): void {
  console.error(showsColour(process.stderr) ? colouredError(text) : text);
}
