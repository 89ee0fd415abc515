/** Addresses of sources: what GStreamer needs to play each, put together safely, so that nobody has to know it by heart. */
import { fileURLToPath } from 'node:url';
import { readNetworkAddress, splitScheme, transportOf, type NetworkAddress } from '../core/address';
import { GstIplError } from '../core/errors';
import { publicValue } from '../core/secrets/public-value';
import type { SoundForm } from '../core/sound/sound-line';
import type { Nanoseconds } from '../core/time';
import { launch } from '../gstreamer/launch/launch';
import { multicastInterface, rtspLocation, srtProperties, tlsProperties } from '../gstreamer/launch/network-properties';
import { soundCaps, soundTailOfConnection, soundTailOfFile } from '../gstreamer/sound/sound-outlet';
import { rtspPeer, type Peer } from '../gstreamer/tls/peer';
import { stillLaunch } from '../gstreamer/still';
import type { Trust } from '../gstreamer/tls/tls';
import { CONNECT_TIMEOUT } from './rtsp-patience';
import { LARGEST_NTP_OFFSET } from './sender-reports';

export interface Address {
  /** It gives pictures at its own pace, for ever. */
  readonly live: boolean;
  /** A launch fragment that ends in pads that come and go. */
  readonly launch: string;
  /** With `sound`: the chain that it takes, from an element of `launch`; undefined where there can be none. */
  readonly sound?: string | undefined;
  /** Of RTSP: who can be asked why there is no connection. */
  readonly peer?: Peer;
  /** The network interface of a multicast group, where the address names one. */
  readonly iface?: string | undefined;
}

export interface AddressSettings {
  /** What RTP carries: nothing in the packets says it. */
  readonly codec: 'h264' | 'h265';
  /** How long to wait for packets that are late or were lost. */
  readonly latency: Nanoseconds;
  /** What pictures are stamped by. */
  readonly clock?: 'arrival' | 'ntp';
  /** Of rtsps. */
  readonly tls?: Trust;
  /** Where rtsps is encrypted by Node (TlsRelay): its port on this machine. */
  readonly relay?: number | undefined;
  /** The forms in which somebody takes the sound, too. */
  readonly sound?: readonly SoundForm[] | undefined;
}

/** Only video is decoded: decoding sound that nobody hears costs time, and a decoder for it may be missing. */
const DECODE = 'decodebin expose-all-streams=false caps="video/x-raw(ANY)"';

/**
 * What comes over a network is decoded as it comes, and pictures that nobody takes in time are dropped here: held back, the
 * decoder would hold back packets until some were dropped (`drop-on-latency`), and show what is left of a picture without
 * them up to the next key frame. Four, beside those that wait behind: a fifth of a second at 30 frames/s.
 */
const DECODE_FRESH = `${DECODE} : queue leaky=downstream max-size-buffers=4 max-size-bytes=0 max-size-time=0`;

/** What both pictures and sound come out of, where both are wanted. */
const BOTH = 'both';

/** The codecs of pictures that decoders know in a transport stream. */
const DEMUX = `tsdemux name=${BOTH} : capsfilter caps="video/x-h264;video/x-h265;video/mpeg;video/x-dirac;image/x-jpc"`;

/** A bin that handles its own state: decodebin is not up before it has a stream, and a pipeline waits for what is not, if none ever comes. */
const besides = (caps: string, tail: string): string => `${BOTH}. : bin.( async-handling=true capsfilter caps="${caps}" ! ${tail} )`;

/**
 * Streams have their decoders apart from each other: one decodebin for both waits for sound that is announced and does not come, and
 * pictures with it.
 */
const AUDIO_IN_TS = 'audio/mpeg;audio/x-ac3;audio/x-eac3;audio/x-opus;audio/x-dts;audio/x-lpcm;audio/x-private1-lpcm;audio/x-smpte-302m';
const SOUNDS = { rtsp: 'application/x-rtp,media=(string)audio', srt: AUDIO_IN_TS, udp: AUDIO_IN_TS, rtp: undefined };

/**
 * A key frame comes as a burst. The kernel's usual buffer (208 KiB) holds 150 packets: too few for one at 4 Mbit/s while
 * Node is busy. The kernel gives at most net.core.rmem_max.
 */
const UDP_BUFFER = 2 * 1024 * 1024;

const SCHEMES = 'rtsp (rtspu: over UDP, rtsps: encrypted), srt, rtp, udp, v4l2, file';

/** @throws GstIplError `bad-option` */
export function readAddress(uri: string, settings: AddressSettings): Address {
  const { scheme = '', rest = '' } = splitScheme(uri) ?? {};
  // A path may hold a colon.
  if (!rest.startsWith('//') && !transportOf(scheme)) return file(uri, settings.sound);
  if (scheme === 'file') return file(pathOf(uri), settings.sound);
  if (scheme === 'v4l2') return device(rest.slice('//'.length));
  if (transportOf(scheme)) return network(readNetworkAddress(scheme, rest), settings);
  throw new GstIplError('bad-option', `the address "${publicValue(uri)}" has the scheme "${scheme}", which is none of ${SCHEMES}.`, {
    hint: 'Write what it takes as a launch fragment (`launch: ...`), with `restart: always`.',
  });
}

function network(address: NetworkAddress, settings: AddressSettings): Address {
  const launches = { rtsp, srt, rtp, udp };
  const launch = launches[address.transport](address, settings);
  const caps = SOUNDS[address.transport];
  const sound = settings.sound && caps !== undefined ? besides(caps, soundTailOfConnection(settings.sound)) : undefined;
  if (address.transport === 'rtsp') return { live: true, launch, sound, peer: rtspPeer(address, settings.tls ?? 'system') };
  return { live: true, launch, sound, iface: address.query.get('iface') };
}

/** The sound of a file alone; undefined for one that can have none. */
export function soundOfFile(uri: string, forms: readonly SoundForm[]): string | undefined {
  const { scheme, rest = '' } = splitScheme(uri) ?? {};
  const path = scheme === 'file' && rest.startsWith('//') ? pathOf(uri) : uri;
  return stillLaunch(path) === undefined ? launch`filesrc location=${path} ! ` + `decodebin expose-all-streams=false caps="${soundCaps(forms)}"` : undefined;
}

function file(path: string, sound?: readonly SoundForm[]): Address {
  if (path === '') throw new GstIplError('bad-option', 'the address is empty.', { hint: `Write a path, or one of ${SCHEMES}.` });
  const still = stillLaunch(path);
  if (still !== undefined || !sound) return { live: false, launch: still ?? launch`filesrc location=${path} ! ` + DECODE };
  const caps = soundCaps(sound);
  const decoder = `expose-all-streams=false caps="video/x-raw(ANY);${caps}" : capsfilter caps="video/x-raw(ANY)"`;
  return { live: false, launch: launch`filesrc location=${path} ! decodebin name=${BOTH} ` + decoder, sound: besides(caps, soundTailOfFile(sound)) };
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
 * never set; such reports are left out of account (sender-reports.ts logs it).
 */
const NTP = `ntp-sync=true buffer-mode=synced max-ts-offset=${String(LARGEST_NTP_OFFSET)} `;

/**
 * TCP for plain `rtsp://`: what is lost on UDP shows in every picture up to the next key frame, and cameras behind
 * routers cannot send it. `drop-on-latency` bounds the buffer when the stream comes faster than its clock says.
 */
function rtsp(address: NetworkAddress, { latency, clock, tls = 'system', relay, sound }: AddressSettings): string {
  const transport = address.scheme === 'rtsp' || relay !== undefined ? 'protocols=tcp ' : '';
  const source = `rtspsrc ${sound ? `name=${BOTH} ` : ''}` + launch`location=${rtspLocation(address, relay)} ` + `${tlsProperties(address, tls)}` + launch`latency=${milliseconds(latency)} drop-on-latency=true tcp-timeout=${CONNECT_TIMEOUT} `;
  // The camera's sound has a pad, too, and may have it first.
  return `${source}${transport}${clock === 'ntp' ? NTP : ''}: capsfilter caps="application/x-rtp,media=(string)video" ! ${DECODE_FRESH}`;
}

/** Reconnecting is ours, so that there is one rule for it and everybody hears of it. */
function srt(address: NetworkAddress, { latency, sound }: AddressSettings): string {
  const settings = srtProperties(address, address.host, { latency: String(milliseconds(latency)) });
  return `srtsrc ${settings} auto-reconnect=false keep-listening=false ! ${sound ? `${DEMUX} ! ` : ''}${DECODE_FRESH}`;
}

function rtp(address: NetworkAddress, { codec, latency }: AddressSettings): string {
  const caps = `application/x-rtp,media=(string)video,clock-rate=(int)90000,encoding-name=(string)${codec === 'h264' ? 'H264' : 'H265'}`;
  const jitter = `rtpjitterbuffer latency=${milliseconds(latency)} drop-on-latency=true`;
  return `${udpSource(address)} caps="${caps}" ! ${jitter} ! ${DECODE_FRESH}`;
}

/** What goes over plain UDP is MPEG-TS, as with ffmpeg and VLC. */
function udp(address: NetworkAddress, { sound }: AddressSettings): string {
  return `${udpSource(address)} caps="video/mpegts,systemstream=(boolean)true" ! ${sound ? `${DEMUX} ! ` : ''}${DECODE_FRESH}`;
}

function udpSource({ host, port = 0, query }: NetworkAddress): string {
  return launch`udpsrc address=${host || '0.0.0.0'} port=${port} buffer-size=${UDP_BUFFER}` + multicastInterface(query);
}

function device(path: string): Address {
  if (/^\/dev\/[\w/.:-]+$/.test(path)) return { live: true, launch: launch`v4l2src device=${path} ! ` + DECODE };
  throw new GstIplError('bad-option', `"v4l2://${path}" names no device.`, { hint: 'Write v4l2:///dev/video0 (three slashes).' });
}

const milliseconds = (time: Nanoseconds): number => Number(time / 1_000_000n);
