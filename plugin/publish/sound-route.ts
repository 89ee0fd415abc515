/** Which sound goes where pictures are published to. */
import { GstIplError } from '../core/errors';
import type { SoundCodec } from '../gstreamer/sound/sound-codecs';

/** The pad of the muxer, by the scheme of the address; an RTP port carries one stream, and by RTSP it is not proven yet. */
const PADS: Readonly<Record<string, string>> = { srt: '', udp: '', hls: 'audio_0' };

/** @throws GstIplError `bad-option` where it cannot */
export function checkSoundRoute(scheme: string, codec: SoundCodec): void {
  if (PADS[scheme] === undefined) {
    throw new GstIplError('bad-option', `${scheme}: carries video only here.`, { hint: 'Send both by SRT, UDP or HLS.' });
  }
  if (scheme === 'hls' && codec !== 'aac') {
    throw new GstIplError('bad-option', 'HLS has sound as AAC here; no player reads Opus from the segments of a transport stream.', { hint: 'Leave `audioCodec` out.' });
  }
}

export const soundPad = (scheme: string, muxer: string): string => `${muxer}.${PADS[scheme] ?? ''}`;
