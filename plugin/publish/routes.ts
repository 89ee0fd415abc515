/** What each kind of address needs behind the encoder. */
import { lookup } from 'node:dns/promises';
import type { NetworkAddress } from '../core/address';
import { GstIplError } from '../core/errors';
import type { VideoCodec } from '../gstreamer/output/encoder';
import { launch } from '../gstreamer/launch/launch';
import { multicastInterface, rtspLocation, srtProperties, tlsProperties } from '../gstreamer/launch/network-properties';
import { askPeer, rtspPeer } from '../gstreamer/tls/peer';
import type { Trust } from '../gstreamer/tls/tls';
import { VIEWED } from './viewers';

/** Seven packets of 188 bytes are the most that fit into one datagram of an Ethernet. */
/** The name of what joins pictures and sound. */
export const MUXER = 'muxer';

const TRANSPORT_STREAM = `mpegtsmux name=${MUXER} alignment=7`;

/**
 * Sent as it comes, not by the clock: a live chain is paced by its cameras, and waiting only adds to the delay. A file
 * that is to be published is played by its own timestamps at the source.
 */
const AT_ONCE = 'sync=false async=false';

/** H.264 and H.265 in RTP (RFC 6184, 7798), as `source` and most receivers read them; 96 is the first free payload type. */
const payloader = (codec: VideoCodec): string => `rtp${codec}pay config-interval=-1 aggregate-mode=zero-latency pt=96`;

/** Of rtsps. */
export interface Encryption {
  readonly tls: Trust;
  /** Where Node encrypts (TlsRelay): its port on this machine. */
  readonly relay?: number | undefined;
}

/** Names of the elements that a route needs. */
export function routeElements({ transport }: NetworkAddress, codec: VideoCodec): string[] {
  if (transport === 'srt') return ['mpegtsmux', 'srtsink'];
  if (transport === 'udp') return ['mpegtsmux', 'udpsink'];
  if (transport === 'rtp') return [`rtp${codec}pay`, 'udpsink'];
  return ['rtspclientsink'];
}

/**
 * The launch fragment from an encoded stream to its address.
 * @throws GstIplError when the host has no address
 */
export async function routeLaunch(address: NetworkAddress, codec: VideoCodec, encryption: Encryption = { tls: 'system' }): Promise<string> {
  const { transport, port = 0, query } = address;
  if (transport === 'rtsp') return await rtsp(address, encryption);
  const host = await resolve(address.host);
  if (transport === 'srt') return srt(address, host);
  const payload = transport === 'rtp' ? payloader(codec) : TRANSPORT_STREAM;
  return `${payload} ! udpsink ${launch`host=${host} port=${port}`}${multicastInterface(query)} ${AT_ONCE}`;
}

/**
 * Listeners do not wait for somebody to call: pictures that nobody hears are gone. Callers must not connect again by themselves:
 * srtsink 1.22 takes pictures and drops them meanwhile, and says nothing.
 */
function srt(address: NetworkAddress, host: string): string {
  return `${TRANSPORT_STREAM} ! srtsink name=${VIEWED} ${srtProperties(address, host)} wait-for-connection=false auto-reconnect=false ${AT_ONCE}`;
}

/**
 * TCP: one connection that firewalls let through. `latency` is a buffer for what is received; nothing is. A server that is away
 * for days must not cost a pipeline for each attempt: it is asked first.
 */
async function rtsp(address: NetworkAddress, { tls, relay }: Encryption): Promise<string> {
  await askPeer(rtspPeer(address, tls));
  return `rtspclientsink name=${MUXER} ` + launch`location=${rtspLocation(address, relay)} ` + `${tlsProperties(address, tls)}protocols=tcp latency=0`;
}

/** Here and not in GStreamer, which would hold up the whole program while a name server is silent. */
async function resolve(host: string): Promise<string> {
  if (host === '') return '';
  try {
    return (await lookup(host)).address;
  } catch (error) {
    throw new GstIplError('pipeline-failed', `The host "${host}" has no address (${(error as NodeJS.ErrnoException).code}).`, {
      hint: 'Check the name and the network.',
      cause: error,
    });
  }
}
