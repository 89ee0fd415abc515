/** What each kind of address needs behind the encoder. */
import { lookup } from 'node:dns/promises';
import { connect } from 'node:net';
import { authorityOf, type NetworkAddress } from '../core/address';
import { GstIplError } from '../core/errors';
import type { VideoCodec } from '../gstreamer/encoder';
import { launch } from '../gstreamer/launch';
import { multicastInterface, srtProperties } from '../gstreamer/network-properties';

/** Seven packets of 188 bytes are the most that fit into one datagram of an Ethernet. */
const TRANSPORT_STREAM = 'mpegtsmux alignment=7';

/**
 * Sent as it comes, not by the clock: a live chain is paced by its cameras, and waiting only adds to the delay. A file
 * that is to be published is played by its own timestamps at the source.
 */
const AT_ONCE = 'sync=false async=false';

/** H.264 and H.265 in RTP (RFC 6184, 7798), as `source` and most receivers read them; 96 is the first free payload type. */
const payloader = (codec: VideoCodec): string => `rtp${codec}pay config-interval=-1 aggregate-mode=zero-latency pt=96`;

/** A server on another continent answers in a tenth of this. */
const REACH_MS = 3_000;

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
export async function routeLaunch(address: NetworkAddress, codec: VideoCodec): Promise<string> {
  const { transport, port = 0, query } = address;
  if (transport === 'rtsp') return await rtsp(address);
  const host = await resolve(address.host);
  if (transport === 'srt') return srt(address, host);
  const payload = transport === 'rtp' ? payloader(codec) : TRANSPORT_STREAM;
  return `${payload} ! udpsink ${launch`host=${host} port=${port}`}${multicastInterface(query)} ${AT_ONCE}`;
}

/** Listeners do not wait for somebody to call: pictures that nobody hears are gone. */
function srt(address: NetworkAddress, host: string): string {
  return `${TRANSPORT_STREAM} ! srtsink ${srtProperties(address, host)} wait-for-connection=false ${AT_ONCE}`;
}

/** TCP: one connection that firewalls let through. `latency` is a buffer for what is received; nothing is. */
async function rtsp({ scheme, login, path, ...address }: NetworkAddress): Promise<string> {
  await reach(address.host, address.port ?? (scheme === 'rtsps' ? 322 : 554));
  return launch`rtspclientsink location=${`${scheme}://${login}${authorityOf(address)}${path}`} protocols=tcp latency=0`;
}

/** A server that is away for days must not cost a pipeline for each attempt: it is asked first. */
async function reach(host: string, port: number): Promise<void> {
  const socket = connect({ host, port, timeout: REACH_MS });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
      socket.once('timeout', () => reject(Object.assign(new Error(), { code: 'ETIMEDOUT' })));
    });
  } catch (error) {
    throw new GstIplError('pipeline-failed', `The server ${host}:${port} does not answer (${(error as NodeJS.ErrnoException).code}).`, {
      hint: 'Check that it runs, and the network.',
      cause: error,
    });
  } finally {
    socket.destroy();
  }
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
