/** How the command talks: sentences on a terminal, JSON lines elsewhere. One place, so that errors come like the rest. */
import { formatEntry, type LogEntry, type LogFormat } from '../observe/log';

let format: LogFormat = 'pretty';

export function outputFormat(): LogFormat {
  return format;
}

/** For the rest of the process. */
export function setOutputFormat(chosen: LogFormat): void {
  format = chosen;
}

export function writeEntry(entry: LogEntry): void {
  process.stderr.write(`${formatEntry(entry, format)}\n`);
}

export function countOf(frames: number): string {
  return frames === 1 ? '1 picture' : `${frames} pictures`;
}
