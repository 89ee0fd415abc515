/** Which sound goes where pictures are published to. */
import { GstIplError } from '../core/errors';
import type { VideoCodec } from '../gstreamer/output/encoder';
import type { SoundChoice } from '../gstreamer/sound/sound-codecs';
import type { SoundContainer } from '../gstreamer/sound/sound-container';
import { MUXER } from './routes';

const TRANSPORT_STREAM: SoundContainer = { what: 'a transport stream', pad: `${MUXER}.`, codecs: ['aac', 'opus'], isTransportStream: true };

/**
 * Both streams have the stamps and sender reports of one clock (test/publish/sound.test.ts). Pads count from 0, which the pictures have. Left to itself, it would send AAC as LATM (RFC 6416), which fewer servers
 * and players read than this (RFC 3640).
 */
const RTSP: SoundContainer = { what: 'RTSP', pad: `${MUXER}.`, codecs: ['aac', 'opus'], isTransportStream: false, properties: { aac: 'sink_1::payloader=rtpmp4gpay' } };

const HLS: SoundContainer = { what: 'HLS', pad: `${MUXER}.audio_0`, codecs: ['aac'], isTransportStream: false };

/** Undefined for RTP: a port carries one stream. */
export function soundContainer(scheme: string, codec: VideoCodec): SoundContainer | undefined {
  if (scheme === 'srt' || scheme === 'udp') return TRANSPORT_STREAM;
  if (scheme.startsWith('rtsp')) return RTSP;
  return scheme === 'hls' ? { ...HLS, isTransportStream: codec === 'h264' } : undefined;
}

/** Of a route for sound, beside those of its pictures. */
export function soundRouteElements(scheme: string, choice: SoundChoice): string[] {
  if (!scheme.startsWith('rtsp')) return [];
  return choice === 'copy' ? ['rtpmp4gpay', 'rtpopuspay'] : [choice === 'aac' ? 'rtpmp4gpay' : 'rtpopuspay'];
}

/** @throws GstIplError `bad-option` where it cannot */
export function checkSoundRoute(scheme: string, codec: VideoCodec, choice: SoundChoice): void {
  const container = soundContainer(scheme, codec);
  if (!container) throw new GstIplError('bad-option', `${scheme}: carries video only here.`, { hint: 'Send both by SRT, UDP, RTSP or HLS.' });
  if (choice === 'copy' || container.codecs.includes(choice)) return;
  throw new GstIplError('bad-option', 'HLS has sound as AAC here; no player reads Opus from the segments of a transport stream.', { hint: 'Leave `audioCodec` out.' });
}
