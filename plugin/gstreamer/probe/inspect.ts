/** What `gst-inspect-1.0` shows of elements, for hints: to ask GStreamer itself for the values of an enum takes its class structures. Where it is not installed, nothing. */
import { execFile } from 'node:child_process';
import { nearest } from '../../core/nearest';
import type { LaunchFinding } from '../launch/launch-error';

const TIMEOUT_MS = 10_000;
const told = new Map<string, Promise<string>>();

function inspect(factory: string): Promise<string> {
  const known = told.get(factory);
  if (known) return known;
  const asked = new Promise<string>((resolve) => {
    execFile('gst-inspect-1.0', ['--no-colors', factory], { timeout: TIMEOUT_MS, maxBuffer: 1 << 24 }, (error, stdout) => resolve(error ? '' : stdout));
  });
  told.set(factory, asked);
  return asked;
}

/** The formats of raw video that GStreamer knows. */
export async function rawFormats(): Promise<string[]> {
  const list = /^\s+format: \{([^}]*)\}/m.exec(await inspect('videoconvert'))?.[1] ?? '';
  return list.split(',').map((name) => name.trim().replace(/^\(string\)/, '')).filter((name) => name !== '');
}

/** Adds to a finding what the property may be, or may be called. @param message GStreamer's own */
export async function withValues(finding: LaunchFinding, message: string): Promise<LaunchFinding> {
  const [, unknown, of] = /^no property "(.+)" in element "(.+)"$/.exec(message) ?? [];
  if (unknown !== undefined && of !== undefined) {
    const near = nearest(unknown, propertiesIn(await inspect(of)));
    return near === undefined ? finding : { ...finding, hint: `Did you mean "${near}"? ${finding.hint ?? ''}`.trimEnd() };
  }
  const [, property, factory, value] = /^could not set property "(.+)" in element "(.+)" to "(.*)"$/s.exec(message) ?? [];
  if (property === undefined || factory === undefined || value === undefined) return finding;
  return { ...finding, hint: hintFor(blockOf(await inspect(factory), property), value) ?? finding.hint };
}

function propertiesIn(text: string): string[] {
  const section = text.slice(Math.max(0, text.indexOf('Element Properties:')));
  return [...section.matchAll(/^ {2}([\w-]+) +: /gm)].map(([, name = '']) => name);
}

/** What is said of one property: its lines are indented further than the next one's name. */
function blockOf(text: string, property: string): string {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.trimStart().startsWith(`${property} `) && /^ {2}\S+ +: /.test(line));
  if (start < 0) return '';
  const length = lines.slice(start + 1).findIndex((line) => !/^ {10}/.test(line));
  return lines.slice(start, length < 0 ? undefined : start + 1 + length).join('\n');
}

function hintFor(block: string, value: string): string | undefined {
  const values = [...block.matchAll(/^\s+\((?:\d+|0x[\da-f]+|-\d+)\): (.+?)\s+- /gm)].map(([, name = '']) => name);
  if (values.length > 0) {
    const near = nearest(value, values);
    return `${near ? `Did you mean "${near}"? ` : ''}It is one of ${values.join(', ')}.`;
  }
  const [, kind, least, greatest] = /^\s+((?:Unsigned )?Integer|Double|Float|Fraction)(?:64)?\. Range:\s+(\S+)\s+-\s+(\S+)/m.exec(block) ?? [];
  if (kind === undefined) return /^\s+Boolean\./m.test(block) ? 'It is true or false.' : undefined;
  return `It is ${kind.endsWith('Integer') ? 'a whole number' : kind === 'Fraction' ? 'a fraction' : 'a number'} from ${least} to ${greatest}.`;
}
