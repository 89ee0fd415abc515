/** How the command talks: sentences on a terminal, JSON lines elsewhere. One place, so that errors come like the rest. */
import type { GraphView } from '../core/graph-view';
import { formatEntry, showsColour, type LogEntry, type LogFormat } from '../observe/log';
import { LogFilter } from '../observe/log-filter';
import { statsOf } from '../observe/stats-table';

/** The shell's code for "ended by SIGINT". */
export const INTERRUPTED = 130;

let format: LogFormat = 'pretty';

export function outputFormat(): LogFormat {
  return format;
}

/** For the rest of the process. */
export function setOutputFormat(chosen: LogFormat): void {
  format = chosen;
}

let filter = new LogFilter();

/** For the rest of the process. */
export function setLogFilter(chosen: LogFilter): void {
  filter = chosen;
}

/** Whether an entry is to be shown at all. */
export function admits(entry: LogEntry): boolean {
  return filter.admits(entry);
}

/** Nothing where its level is not asked for. */
export function writeEntry(entry: LogEntry): void {
  if (admits(entry)) process.stderr.write(`${formatEntry(entry, format, { colour: showsColour(process.stderr) })}\n`);
}

export function countOf(frames: number): string {
  return frames === 1 ? '1 frame' : `${frames} frames`;
}

/** What the nodes of a graph have lost together, as the end of a sentence; empty where nothing was. */
export function lossesOf(view: GraphView): string {
  const lost = statsOf(view).reduce((sum, { dropped }) => sum + dropped, 0);
  return lost === 0 ? '' : `; ${countOf(lost)} ${lost === 1 ? 'was' : 'were'} dropped (\`--stats\` shows where)`;
}
