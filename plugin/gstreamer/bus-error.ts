/** Makes sentences of GStreamer's error messages, and separates permanent faults from outages: see ./faults.ts. */
import { GstIplError } from '../core/errors';
import type { BusMessage } from './binding';
import { faultOf } from './faults';
import { factoryOf } from './launch/launch';

/** @param node name of the graph node that the failed element belongs to, where it is known */
export function explainBusError(message: BusMessage, node: string | undefined): GstIplError {
  const detail = detailOf(message.debug);
  const general = (message.message ?? 'failed').replace(/\.$/, '');
  const text = SAYS_NOTHING.test(general) && detail ? detail : joinDetail(general, detail);
  const fault = faultOf(`${general} ${detail}`, message.name ?? '');
  const where = node ? `Node "${node}"` : `Element ${message._src_element_name}`;
  return new GstIplError(fault?.code ?? 'pipeline-failed', `${where}: ${text}.`, {
    place: node === undefined ? undefined : { node },
    hint: fault?.hint,
    permanent: fault?.permanent,
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
      hint: 'The stream has no video, or is to be decoded: `decodebin` does. `gst-discoverer-1.0 FILE` (Debian: gstreamer1.0-plugins-base-apps) shows what is in a file.',
    });
  }
  return new GstIplError('bad-launch', `${where}: What ${factoryOf(from)} gives does not fit ${factoryOf(to)}.`, {
    ...details,
    hint: 'Put an element between that converts one to the other. `gst-discoverer-1.0 FILE` (Debian: gstreamer1.0-plugins-base-apps) shows what is in a file.',
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
