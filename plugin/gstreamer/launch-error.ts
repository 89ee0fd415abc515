/** Makes sentences of what GStreamer says of launch strings that it refuses. */
import type { ErrorCode } from '../core/errors';
import { debianPackageFor } from './debian-packages';
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
    const isElement = elementsOf(launch).some(({ factory }) => factory === missing);
    return {
      code: 'missing-plugin',
      message: `GStreamer has no element "${missing}".`,
      hint: debian
        ? `Install it: apt-get install ${debian}`
        : isElement
          ? 'Check its name: `gst-inspect-1.0` lists all elements.'
          : 'A value with spaces needs quotes.',
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
  return {
    code: 'bad-launch',
    message: `GStreamer refuses the launch string "${shorten(launch)}": ${message}.`,
    hint: undefined,
    token: /"([^"]+)"/.exec(message)?.[1],
  };
}

function shorten(launch: string): string {
  return launch.length <= LONGEST_QUOTE ? launch : `${launch.slice(0, LONGEST_QUOTE)}...`;
}
