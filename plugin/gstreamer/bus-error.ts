/** Makes sentences of GStreamer's error messages. */
import { GstIplError, type ErrorCode } from '../core/errors';
import type { BusMessage } from './binding';
import { factoryOf } from './launch';

interface Explanation {
  readonly pattern: RegExp;
  readonly code: ErrorCode;
  readonly hint: string;
}

const EXPLANATIONS: readonly Explanation[] = [
  { pattern: /unauthorized|\(401\)|not authorized/i, code: 'pipeline-failed', hint: 'Check the user name and the password in the address.' },
  { pattern: /\(404\)/, code: 'pipeline-failed', hint: 'The camera has no such stream: check the path of the address.' },
  {
    pattern: /failed to connect|could not connect|connection refused|host unreachable|could not resolve/i,
    code: 'pipeline-failed',
    hint: 'Check that the sender is on, and its address and port.',
  },
  {
    pattern: /no space left/i,
    code: 'pipeline-failed',
    hint: 'The disk is full; what was written so far is kept. Free some room or write elsewhere.',
  },
  {
    pattern: /for writing/i,
    code: 'missing-file',
    hint: 'Check that the output folder exists and may be written to.',
  },
  {
    pattern: /cannot identify device|could not open device|no such device/i,
    code: 'missing-file',
    hint: 'Check the name of the device; `gst-device-monitor-1.0` lists those that there are.',
  },
  {
    pattern: /no such file|resource not found|does not exist|could not open file.*reading/i,
    code: 'missing-file',
    hint: 'Check the path; a relative path starts in the folder where the command was run.',
  },
  { pattern: /is a directory/i, code: 'missing-file', hint: 'Name a file in it.' },
  { pattern: /permission denied/i, code: 'missing-file', hint: 'Check the permissions of the file and its folder.' },
  { pattern: /empty|contains no data/i, code: 'missing-file', hint: 'The file is empty; record or copy it again.' },
  {
    pattern: /no moov|invalid|incomplete|corrupt|truncated|demultiplex|playable|could not determine type|text file|no valid frames/i,
    code: 'pipeline-failed',
    hint: 'The file seems to be damaged or not a media file; see whether a media player opens it.',
  },
  {
    pattern: /missing|no suitable plugins|plug-?in/i,
    code: 'missing-plugin',
    hint: '`gst-ipl doctor` lists the usual plugins and the packages that have them.',
  },
  {
    pattern: /not-negotiated|negotiat/i,
    code: 'bad-caps',
    hint: 'Two neighbouring elements share no format; put `videoconvert` (or `videoscale`) between them.',
  },
  { pattern: /not-linked/i, code: 'bad-launch', hint: 'Something in the launch fragment gives a stream that leads nowhere: link it on with `!`, or to a `fakesink`.' },
];

/** @param node name of the graph node that the failed element belongs to, where it is known */
export function explainBusError(message: BusMessage, node: string | undefined): GstIplError {
  const detail = detailOf(message.debug);
  const general = (message.message ?? 'failed').replace(/\.$/, '');
  const text = SAYS_NOTHING.test(general) && detail ? detail : joinDetail(general, detail);
  const explanation = EXPLANATIONS.find(({ pattern }) => pattern.test(`${general} ${detail}`));
  const where = node ? `Node "${node}"` : `Element ${message._src_element_name}`;
  return new GstIplError(explanation?.code ?? 'pipeline-failed', `${where}: ${text}.`, {
    place: node === undefined ? undefined : { node },
    hint: explanation?.hint,
  });
}

/**
 * What GStreamer says when a stream comes whose pad was waited for (of `decodebin`, of a demuxer), and does not fit: a
 * warning, because another stream may come. Undefined for other messages.
 */
export function explainUnlinked(message: BusMessage, node: string | undefined, owners: ReadonlyMap<string, string>): GstIplError | undefined {
  const [, from, to] = /delayed linking .* of \w+ named (\S+) to .* of \w+ named (\S+)/.exec(detailOf(message.debug)) ?? [];
  if (from === undefined || to === undefined) return undefined;
  const where = node ? `Node "${node}"` : `Element ${from}`;
  const ends = node !== undefined && (owners.get(to) ?? node) !== node;
  const details = { place: node === undefined ? undefined : { node } };
  if (ends || /outlet-/.test(to)) {
    return new GstIplError('bad-launch', `${where}: What ${factoryOf(from)} gives at the end of the launch fragment is no raw video.`, {
      ...details,
      hint: 'The stream has no video, or is to be decoded: `decodebin` does. `gst-discoverer-1.0 FILE` tells what is in a file.',
    });
  }
  return new GstIplError('bad-launch', `${where}: What ${factoryOf(from)} gives does not fit ${factoryOf(to)}.`, {
    ...details,
    hint: 'Put an element between that converts one to the other. `gst-discoverer-1.0 FILE` tells what is in a file.',
  });
}

/** Sentences whose detail says the same with the name of the file. */
const SAYS_NOTHING = /^Resource not found$/;

function joinDetail(general: string, detail: string): string {
  return detail && !general.includes(detail) ? `${general} (${detail})` : general;
}

/** The last line of the debug text is written for people: `No such file "x"`; the lines before it name C functions. */
function detailOf(debug: string | undefined): string {
  const last = debug?.trim().split('\n').at(-1)?.trim() ?? '';
  return /\(\d+\): \w+ \(\)/.test(last) ? '' : last.replace(/\.$/, '');
}
