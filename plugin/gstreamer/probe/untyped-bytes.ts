/**
 * Finds sources of bytes that lead to an element which takes raw media only, as in `filesrc ! videoconvert`. GStreamer
 * links them (anything may be in the bytes) and fails when they come.
 */
import { elementsOf, segmentsOf } from '../launch/launch';
import type { LaunchFinding } from '../launch/launch-error';

/** They do not look at what they read. */
const BYTE_SOURCES = ['filesrc', 'fdsrc', 'giosrc', 'multifilesrc', 'souphttpsrc', 'curlhttpsrc', 'udpsrc', 'tcpclientsrc', 'tcpserversrc', 'srtsrc'];

/** Parsers are given, or find out, how bytes make pictures: `rawvideoparse`. */
const FINDS_FRAMES = /parse$/;

/** Give what they take. */
const PASSING = ['queue', 'queue2', 'identity', 'tee', 'progressreport'];

interface Pair {
  readonly source: string;
  readonly taker: string;
}

export interface TypeQuestions {
  readonly pairs: readonly Pair[];
  /** Three for each pair. */
  readonly launches: readonly string[];
}

const UNKNOWN = 'capsfilter caps=application/x-unknown-to-all';

export function typeQuestions(fragment: string): TypeQuestions {
  const found = pairsOf(fragment);
  const launches = found.flatMap(({ text, taker }) => [
    `${text} ! ${UNKNOWN} ! fakesink`, // Its caps are not set: it gives anything.
    `capsfilter caps="video/x-raw;audio/x-raw" ! ${taker}`,
    `${UNKNOWN} ! ${taker}`,
  ]);
  return { pairs: found, launches };
}

export function explainBytes({ pairs }: TypeQuestions, messages: readonly (string | null)[]): LaunchFinding[] {
  return pairs.flatMap(({ source, taker }, index) => {
    const [untyped, raw, anything] = messages.slice(index * 3);
    if (untyped !== null || raw !== null || !anything?.startsWith('could not link')) return [];
    const message = `What ${source} reads are bytes, and ${taker} takes only raw video or sound.`;
    return [{ code: 'bad-launch', message, hint: 'Put `decodebin` between them.', token: taker }];
  });
}

function pairsOf(fragment: string): (Pair & { text: string })[] {
  const segments = segmentsOf(fragment).map((text) => ({ text, elements: elementsOf(text) }));
  return segments.flatMap(({ text, elements }, index) => {
    const source = elements.at(-1);
    if (!source || !BYTE_SOURCES.includes(source.factory)) return [];
    const next = segments.slice(index + 1).find((segment) => !PASSING.includes(segment.elements[0]?.factory ?? ''));
    const taker = next?.elements[0]?.factory;
    return taker === undefined || FINDS_FRAMES.test(taker) ? [] : [{ source: source.factory, taker, text: text.slice(source.offset) }];
  });
}
