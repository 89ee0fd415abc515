/** `--quiet` and `--verbose` of commands that look at something, and colour where they are looked at. */
import { styleText } from 'node:util';
import { showsColour } from '../observe/log';
import { UsageError, type Arguments, type Flag } from './arguments';

export type Detail = 'quiet' | 'normal' | 'verbose';

/** @param quiet what is left @param verbose what is added; both as the help says it */
export function detailFlags(quiet: string, verbose: string): { readonly quiet: Flag; readonly verbose: Flag } {
  return { quiet: { type: 'boolean', short: 'q', summary: quiet }, verbose: { type: 'boolean', short: 'v', summary: verbose } };
}

/** @throws UsageError */
export function detailOf({ flags: { quiet, verbose } }: Arguments): Detail {
  if (quiet === true && verbose === true) throw new UsageError('--quiet and --verbose contradict each other.');
  return quiet === true ? 'quiet' : verbose === true ? 'verbose' : 'normal';
}

/** For standard output. */
export function painted(shade: 'green' | 'yellow' | 'red' | 'bold', text: string): string {
  return showsColour(process.stdout) ? styleText(shade, text, { validateStream: false }) : text;
}
