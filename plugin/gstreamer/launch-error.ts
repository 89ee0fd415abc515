/** Makes sentences of what GStreamer says of launch strings that it refuses. */
import type { ErrorCode } from '../core/errors';
import { nearest } from '../core/nearest';
import { debianPackageFor, knownElements } from './debian-packages';
import { elementsOf } from './launch';

export interface LaunchFinding {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string | undefined;
  /** The word of the launch string that is to blame. */
  readonly token: string | undefined;
}

/** Longer launch strings than this are cut in messages: people know what they wrote, and look at the place. */
const LONGEST_QUOTE = 120;

export function explainLaunchError(message: string, launch: string): LaunchFinding {
  const missing = /^no element "(.+)"$/.exec(message)?.[1];
  if (missing !== undefined) {
    const debian = debianPackageFor(missing);
    return {
      code: 'missing-plugin',
      message: `GStreamer has no element "${missing}".`,
      hint: debian ? `Install it: apt-get install ${debian}` : misspeltHint(missing, launch),
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
  const link = /^could not link (.+?)\d* to (.+?)\d*(?:, .* can't handle caps (.*))?$/.exec(message);
  if (link?.[3]) return explainCaps(link[1] ?? '', link[3]);
  if (link) return explainLink(link[1] ?? '', link[2] ?? '', launch);
  return {
    code: 'bad-launch',
    message: `GStreamer refuses the launch string "${shorten(launch)}": ${message}.`,
    hint: message === 'syntax error' ? syntaxHint(launch) : undefined,
    token: /"([^"]+)"/.exec(message)?.[1],
  };
}

function misspeltHint(missing: string, launch: string): string {
  if (!elementsOf(launch).some(({ factory }) => factory === missing)) return 'A value with spaces needs quotes.';
  const near = nearest(missing, knownElements());
  return near ? `Did you mean "${near}"?` : 'Check its name: `gst-inspect-1.0` lists all elements.';
}

/** Fragments are probed between two `identity` elements, which stand for the neighbours that they will have. */
function explainLink(from: string, to: string, launch: string): LaunchFinding {
  const factories = elementsOf(launch).map(({ factory }) => factory);
  const finding = { code: 'bad-launch', token: factories.includes(to) ? to : from } as const;
  if (to === 'identity' && from === factories.at(-1)) {
    return { ...finding, message: `The launch fragment ends with ${from}, which has no video output.`, hint: 'Another node reads from this one: end with an element that gives video.' };
  }
  if (from === 'identity' && to === factories[0]) {
    return { ...finding, message: `The launch fragment begins with ${to}, which takes no video.`, hint: 'It reads from another node: begin with an element that takes video.' };
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
