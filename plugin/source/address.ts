/** Addresses of sources: what GStreamer needs to play each, put together safely, so that nobody has to know it by heart. */
import { fileURLToPath } from 'node:url';
import { GstIplError } from '../core/errors';
import type { Nanoseconds } from '../core/time';
import { launch } from '../gstreamer/launch';
import { stillLaunch } from '../gstreamer/still';
import { CONNECT_TIMEOUT } from './rtsp-patience';
import { LARGEST_NTP_OFFSET } from './sender-reports';

export interface Address {
  /** It gives pictures at its own pace, for ever. */
  readonly live: boolean;
  /** A launch fragment that ends in pads that come and go. */
  readonly launch: string;
}

export interface AddressSettings {
  /** What RTP carries: nothing in the packets says it. */
  readonly codec: 'h264' | 'h265';
  /** How long to wait for packets that are late or were lost. */
  readonly latency: Nanoseconds;
  /** What pictures are stamped by. */
  readonly clock?: 'arrival' | 'ntp';
}

/** Only video is decoded: decoding sound that nobody hears costs time, and a decoder for it may be missing. */
const DECODE = 'decodebin expose-all-streams=false caps="video/x-raw(ANY)"';

/**
 * What comes over a network is decoded as it comes, and pictures that nobody takes in time are dropped here: held back, the
 * decoder would hold back packets until some were dropped (`drop-on-latency`), and show what is left of a picture without
 * them up to the next key frame. Four, beside those that wait behind: a fifth of a second at 30 frames/s.
 */
const DECODE_FRESH = `${DECODE} : queue leaky=downstream max-size-buffers=4 max-size-bytes=0 max-size-time=0`;

/**
 * A key frame comes as a burst. The kernel's usual buffer (208 KiB) holds 150 packets: too few for one at 4 Mbit/s while
 * Node is busy. The kernel gives at most net.core.rmem_max.
 */
const UDP_BUFFER = 2 * 1024 * 1024;

const SCHEMES = 'rtsp (rtspu: over UDP, rtsps: encrypted), srt, rtp, udp, v4l2, file';

/** @throws GstIplError `bad-option` */
export function readAddress(uri: string, settings: AddressSettings): Address {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(uri)?.[1]?.toLowerCase();
  if (scheme === undefined) return file(uri);
  if (scheme === 'file') return file(pathOf(uri));
  if (/^rtsps?[uth]?$/.test(scheme)) return rtsp(uri, scheme, settings);
  if (scheme === 'srt') return srt(uri, settings);
  if (scheme === 'rtp') return rtp(uri, settings);
  if (scheme === 'udp') return udp(uri);
  if (scheme === 'v4l2') return device(uri.slice('v4l2://'.length));
  throw new GstIplError('bad-option', `the address "${uri}" has the scheme "${scheme}", which is none of ${SCHEMES}.`, {
    hint: 'Write what it takes as a launch fragment (`launch: ...`), with `restart: always`.',
  });
}

function file(path: string): Address {
  if (path === '') throw new GstIplError('bad-option', 'the address is empty.', { hint: `Write a path, or one of ${SCHEMES}.` });
  return { live: false, launch: stillLaunch(path) ?? launch`filesrc location=${path} ! ` + DECODE };
}

function pathOf(uri: string): string {
  try {
    return fileURLToPath(uri);
  } catch (error) {
    throw new GstIplError('bad-option', `"${uri}" is not the address of a file on this machine.`, {
      hint: 'Write the path alone, or file:///the/whole/path.',
      cause: error,
    });
  }
}

/**
 * Stamps by the camera's sender reports (RFC 3550, 6.4.1). `synced`: both clocks run alike, so that there is no drift to be
 * estimated from arrivals, whose estimate wanders by tens of milliseconds. A clock that is off by more than three seconds was
 * never set; such reports are left out of account (sender-reports.ts tells of it).
 */
const NTP = `ntp-sync=true buffer-mode=synced max-ts-offset=${String(LARGEST_NTP_OFFSET)} `;

/**
 * TCP for plain `rtsp://`: what is lost on UDP shows in every picture up to the next key frame, and cameras behind
 * routers cannot send it. `drop-on-latency` bounds the buffer when the stream comes faster than its clock says.
 */
function rtsp(uri: string, scheme: string, { latency, clock }: AddressSettings): Address {
  requireHost(uri, /^[a-z]+:\/\/(?:[^/?#]*@)?(\[[\da-f:.]+\]|[^\s/:?#@[\]]+)(?::(\d+))?(?:[/?#]|$)/i, 'rtsp://HOST[:PORT]/PATH');
  const transport = scheme === 'rtsp' ? 'protocols=tcp ' : '';
  const source = launch`rtspsrc location=${uri} latency=${milliseconds(latency)} drop-on-latency=true tcp-timeout=${CONNECT_TIMEOUT} `;
  // The camera's sound has a pad, too, and may have it first.
  return { live: true, launch: `${source}${transport}${clock === 'ntp' ? NTP : ''}: capsfilter caps="application/x-rtp,media=(string)video" ! ${DECODE_FRESH}` };
}

/** Reconnecting is ours, so that there is one rule for it and everybody hears of it. */
function srt(uri: string, { latency }: AddressSettings): Address {
  requireHost(uri, /^srt:\/\/(\[[\da-f:.]+\]|[^\s/:?#@[\]]*):(\d+)(?:[/?#]|$)/i, 'srt://HOST:PORT, or srt://:PORT to be called', true);
  const own = /[?&]latency=/.test(uri) ? '' : `latency=${milliseconds(latency)} `;
  return { live: true, launch: launch`srtsrc uri=${uri} ` + `${own}auto-reconnect=false keep-listening=false ! ${DECODE_FRESH}` };
}

function rtp(uri: string, { codec, latency }: AddressSettings): Address {
  const caps = `application/x-rtp,media=(string)video,clock-rate=(int)90000,encoding-name=(string)${codec === 'h264' ? 'H264' : 'H265'}`;
  const jitter = `rtpjitterbuffer latency=${milliseconds(latency)} drop-on-latency=true`;
  return { live: true, launch: `${udpSource(uri, 'rtp')} caps="${caps}" ! ${jitter} ! ${DECODE_FRESH}` };
}

/** What goes over plain UDP is MPEG-TS, as with ffmpeg and VLC. */
function udp(uri: string): Address {
  return { live: true, launch: `${udpSource(uri, 'udp')} caps="video/mpegts,systemstream=(boolean)true" ! ${DECODE_FRESH}` };
}

function udpSource(uri: string, scheme: string): string {
  const pattern = /^[a-z]+:\/\/@?(\[[\da-f:.]+\]|[^\s/:?#@[\]]*):(\d+)\/?$/i;
  const { host, port } = requireHost(uri, pattern, `${scheme}://:PORT, or ${scheme}://ADDRESS:PORT for multicast`, true);
  const address = host === '' ? '0.0.0.0' : host.replace(/^\[|\]$/g, '');
  return launch`udpsrc address=${address} port=${port} buffer-size=${UDP_BUFFER}`;
}

function device(path: string): Address {
  if (/^\/dev\/[\w/.:-]+$/.test(path)) return { live: true, launch: launch`v4l2src device=${path} ! ` + DECODE };
  throw new GstIplError('bad-option', `"v4l2://${path}" names no device.`, { hint: 'Write v4l2:///dev/video0 (three slashes).' });
}

function requireHost(uri: string, pattern: RegExp, syntax: string, portNeeded = false): { host: string; port: number } {
  const [, host, digits] = pattern.exec(uri) ?? [];
  const port = digits === undefined ? 0 : Number(digits);
  if (host !== undefined && (digits === undefined ? !portNeeded : port >= 1 && port <= 65535)) return { host, port };
  throw new GstIplError('bad-option', `"${uri}" is not an address like ${syntax}.`, {
    hint: 'Signs such as @, :, / and ? in names and passwords are written as %40, %3A, %2F and %3F.',
  });
}

const milliseconds = (time: Nanoseconds): number => Number(time / 1_000_000n);
