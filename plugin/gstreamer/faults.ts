/**
 * What GStreamer's errors mean, what to do, and whether trying again can help. Domain and code are coarse;
 * the texts are those that elements write into their source (the detail is never translated).
 *
 * A fault is permanent where only a change of the graph, of the machine or of the other end's settings mends it, and it cannot
 * be the state that another machine passes through while it boots: 401, 403, 404, 503, a refused connection, a name that is not
 * found, a wrong passphrase are outages, which are tried again and logged with their hint.
 */
import type { ErrorCode } from '../core/errors';
import { LONGEST_JPEG_SIDE } from './native/long-sides.cjs';

export interface Fault {
  readonly code: ErrorCode;
  readonly hint: string;
  /** As the code has it, unless it is said (GstIplError). */
  readonly permanent?: boolean;
}

interface Explanation extends Fault {
  readonly pattern: RegExp;
}

/** Types of elements whose resource is another machine. */
const NETWORK = /Gst(?:RTSP|SRT|\w*UDP|TCP|Soup|Curl|RTMP|Rtmp|Rist|WHIP|WHEP)\w*:/i;

/** What the other end answers, or that it does not. */
const PEER: readonly Explanation[] = [
  {
    pattern: /failed to set \w+ \(reason: .*bad parameters/i,
    code: 'bad-option',
    hint: 'An SRT passphrase has 10 to 79 bytes; pbkeylen is 16, 24 or 32.',
  },
  { pattern: /failed to authenticate/i, code: 'pipeline-failed', hint: 'Both ends need the same passphrase, or none.' },
  { pattern: /unauthorized|\(401\)|not authorized/i, code: 'pipeline-failed', hint: 'Check the user name and the password in the address.' },
  { pattern: /forbidden|\(403\)/i, code: 'pipeline-failed', hint: 'The server does not let this user have the stream.' },
  {
    pattern: /bad request|\(400\)/i,
    code: 'pipeline-failed',
    hint: 'The server does not understand the address: check its path, and write signs such as / and ? in names and passwords as %2F and %3F.',
  },
  { pattern: /\(404\)|Not Found$/, code: 'pipeline-failed', hint: 'The server has no such stream, or not yet: check the path of the address.' },
  {
    pattern: /unsupported transport|\(461\)/i,
    code: 'pipeline-failed',
    hint: 'The camera does not send over TCP: write rtspu:// for UDP.',
    permanent: true,
  },
  {
    pattern: /service unavailable|\(503\)|\(453\)|not enough bandwidth/i,
    code: 'pipeline-failed',
    hint: 'The server is not ready, or has as many clients as it can serve.',
  },
  {
    pattern: /cannot bind|bind failed|address already in use/i,
    code: 'pipeline-failed',
    hint: 'Another program listens on that port, or the address is not one of this machine.',
  },
  {
    pattern: /failed to connect|could not connect|connection refused|host unreachable|could not resolve/i,
    code: 'pipeline-failed',
    hint: 'Check that the other end is on, and its address and port.',
  },
];

const FILES: readonly Explanation[] = [
  {
    pattern: /for writing/i,
    code: 'missing-file',
    hint: 'Check that the output folder exists and may be written to.',
    // A folder that vanished may come back, as a disk does.
    permanent: false,
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
];

const ANY: readonly Explanation[] = [
  {
    pattern: /no space left/i,
    code: 'pipeline-failed',
    hint: 'The disk is full; what was written so far is kept. Free some room or write elsewhere.',
  },
  {
    pattern: /can ?not initiali[sz]e x26[45] encoder/i,
    code: 'bad-caps',
    hint: 'It takes no frames of this size, or none without a frame rate: `capssetter caps=video/x-raw,framerate=30/1` in front of it gives one.',
  },
];

const MEDIA: readonly Explanation[] = [
  {
    pattern: /missing|no suitable plugins|plug-?in/i,
    code: 'missing-plugin',
    hint: '`gst-ipl doctor` lists the usual plugins and the packages that have them.',
  },
  {
    pattern: /not-negotiated|negotiat/i,
    code: 'bad-caps',
    hint:
      'Two neighbouring elements share no format or size; put `videoconvert` (or `videoscale`) between them. ' +
      `Sides end at 32767 pixels for videoscale and for Y444, at ${LONGEST_JPEG_SIDE} for jpegenc.`,
  },
  {
    // What a source says where an element behind it gave up. That one mostly says why, but not always first, or at all.
    pattern: /streaming stopped, reason error/i,
    code: 'pipeline-failed',
    hint: 'An element behind it could do nothing with what came: a damaged file or stream, mostly. See whether a media player opens it; GST_DEBUG=3 says more.',
  },
  { pattern: /not-linked/i, code: 'bad-launch', hint: 'Something in the launch fragment gives a stream that leads nowhere: link it on with `!`, or to a `fakesink`.' },
];

/** Whatever else a network element says of its resource: no file, and no folder, is the matter. */
const NO_PEER: Explanation = {
  pattern: /resource|socket|connection|could not (?:open|read|write|send|receive)|timeout|timed out/i,
  code: 'pipeline-failed',
  hint: 'Check that the other end is on and listens, its address and port, and with SRT that both have the same passphrase.',
};

/**
 * @param text the error's sentence and its detail
 * @param path of the element that failed, with types: `/GstPipeline:pipeline0/GstRTSPSrc:cam`
 */
export function faultOf(text: string, path: string): Fault | undefined {
  const network = NETWORK.test(path);
  const table = network ? [...ANY, ...PEER, ...MEDIA, NO_PEER] : [...ANY, ...PEER, ...FILES, ...MEDIA];
  return table.find(({ pattern }) => pattern.test(text));
}
