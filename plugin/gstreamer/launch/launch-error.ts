/** Makes sentences of what GStreamer says of launch strings that it refuses. */
import type { ErrorCode } from '../../core/errors';
import { nearest } from '../../core/nearest';
import { installHint, knownElements } from './debian-packages';
import { elementsOf, factoryOf } from './launch';

export interface LaunchFinding {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string | undefined;
  /** The word of the launch string that is to blame. */
  readonly token: string | undefined;
  /** How many elements of that name stand before it. */
  readonly skip?: number;
}

/** Longer launch strings than this are cut in messages: people know what they wrote, and look at the place. */
const LONGEST_QUOTE = 120;

export function explainLaunchError(message: string, launch: string): LaunchFinding {
  const missing = /^no element "(.+)"$/.exec(message)?.[1];
  if (missing !== undefined) {
    return {
      code: 'missing-plugin',
      message: `GStreamer has no element "${missing}".`,
      hint: installHint(missing) ?? misspeltHint(missing, launch),
      token: missing,
    };
  }
  const property = /^no property "(.+)" in element "(.+)"$/.exec(message);
  if (property) {
    const [, name, element] = property;
    return {
      code: 'bad-launch',
      message: `The GStreamer element ${element} has no property "${name}".`,
      hint: `\`gst-inspect-1.0 ${element}\` lists its properties.`,
      token: name,
    };
  }
  const [, from, to, caps] = LINK.exec(message) ?? [];
  if (from !== undefined && to !== undefined) return caps === undefined ? explainLink(from, to, launch) : explainCaps(factoryOf(from), caps);
  const value = /^could not set property "(.+)" in element "(.+)" to "(.*)"$/s.exec(message);
  if (value) {
    const [, name = '', element, given = ''] = value;
    return {
      code: 'bad-launch',
      message: `The property "${name}" of the GStreamer element ${element} cannot be "${shorten(given)}".`,
      hint: `\`gst-inspect-1.0 ${element}\` says what it may be.`,
      token: given === '' ? name : given,
    };
  }
  return {
    code: 'bad-launch',
    message: `GStreamer refuses the launch string "${shorten(launch)}": ${message}.`,
    hint: message === 'syntax error' ? syntaxHint(launch) : undefined,
    token: /"([^"]+)"/.exec(message)?.[1],
  };
}

const LINK = /^could not link (\S+) to ([^\s,]+)(?:, .* (?:can't|can) handle caps (.*))?$/s;

/** Whether GStreamer knows all elements and properties, and two elements do not fit. */
export function isLinkError(message: string): boolean {
  return LINK.test(message);
}

/** Names of the elements that GStreamer's message is about. */
export function elementsInError(message: string): string[] {
  const [, from, to] = LINK.exec(message) ?? [];
  return [from, to].filter((name) => name !== undefined);
}

function misspeltHint(missing: string, launch: string): string {
  if (!elementsOf(launch).some(({ factory }) => factory === missing)) return 'A value with spaces needs quotes.';
  const near = nearest(missing, knownElements());
  return near ? `Did you mean "${near}"?` : 'Check its name: `gst-inspect-1.0` lists all elements.';
}

/** Fragments are probed between two elements that stand for the neighbours that they will have: probe/probe.ts. */
function explainLink(fromName: string, toName: string, launch: string): LaunchFinding {
  const factories = elementsOf(launch).map(({ factory }) => factory);
  const [from, to] = [factoryOf(fromName), factoryOf(toName)];
  const blamed = factories.includes(to) && toName !== 'probe_tail' ? toName : fromName;
  const token = factoryOf(blamed);
  const before = factories.slice(0, Number(/-(\d+)$/.exec(blamed)?.[1] ?? 0));
  const finding = { code: 'bad-launch', token, skip: before.filter((factory) => factory === token).length } as const;
  if (toName === 'probe_tail') {
    return { ...finding, message: `The launch fragment ends with ${from}, which has no video output.`, hint: 'Another node reads from this one: end with an element that gives raw video.' };
  }
  if (fromName === 'probe_head') {
    return { ...finding, message: `The launch fragment begins with ${to}, which takes no video.`, hint: 'It reads from another node: begin with an element that takes raw video.' };
  }
  return { ...finding, message: `GStreamer cannot link ${from} to ${to}.`, hint: 'They share no format: put an element between that converts one to the other.' };
}

function explainCaps(from: string, caps: string): LaunchFinding {
  return {
    code: 'bad-launch',
    message: `What ${from} gives cannot be "${caps}".`,
    hint: 'Put an element before the caps that converts it: `videoconvert`, `videoscale`, `videorate`.',
    token: from,
  };
}

function syntaxHint(launch: string): string | undefined {
  if (/^\s*!|!\s*$/.test(launch)) return 'Leave out the "!" at the beginning and at the end: nodes are joined by `from`.';
  if (/!\s*!/.test(launch)) return 'An element is missing between "!" and "!".';
  return undefined;
}

function shorten(launch: string): string {
  return launch.length <= LONGEST_QUOTE ? launch : `${launch.slice(0, LONGEST_QUOTE)}...`;
}
