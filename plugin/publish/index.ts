/**
 * `publish`: pictures to viewers, live: SRT, RTP, UDP, RTSP, HLS.
 *
 * - Input: frames of one node. Output: none.
 * - `to` says where:
 *   - `srt://HOST:PORT` calls; `srt://:PORT` listens, for any number of viewers. `?passphrase=`, `pbkeylen=`, `latency=`
 *     (milliseconds), `streamid=`, `mode=` as in other SRT tools. MPEG transport stream.
 *   - `udp://HOST:PORT`: MPEG transport stream in datagrams; receivers need nothing but the address.
 *   - `rtp://HOST:PORT`: H.264 or H.265 in RTP (RFC 6184, 7798), payload type 96; a `source` with `uri: rtp://...` reads it,
 *     players need an SDP with the codec. HOST may be a multicast group for both.
 *   - `rtsp://HOST:PORT/PATH` (or `rtsps`, see `tls`): announces the stream to an RTSP server (MediaMTX, Wowza, gst-rtsp-server),
 *     over TCP. H.264 or H.265 in RTP.
 *   - `hls:FOLDER`: segments of 2 s and the playlist `live.m3u8`, for any web server. H.264 in transport streams; H.265 in fragmented
 *     MP4, with `master.m3u8`, which says codecs, size, rate and VIDEO-RANGE (SDR, HLG or PQ): players of HDR begin there. Viewers are about 6 s
 *     behind. After a restart, also after a kill, the playlist goes on: its numbers only grow, and no name comes twice.
 * - `encoder` chooses the element that encodes (gstreamer/output/encoders.ts); it must be one of `codec`.
 * - Frames are sent as they come, with no wait: pace files at the source. Encoders look at no later picture.
 * - A peer that is not there (SRT that calls, RTSP), a connection that breaks, a folder that is gone (it is made again), a sink that
 *   takes nothing for 5 s, in which this process does nothing either, or for a minute: the condition `down`, which degrades health; pictures are dropped, and it is tried again after 0.5 s, 1 s, ... at most 5 s. The rest of the graph does not notice.
 * - A picture counts as published when its connection has worked for two seconds, or has come to its end.
 * - SRT that listens with nobody there is ready: pictures are there for whoever calls, and a supervisor must not restart a camera
 *   because nobody watches. After 10 s it has the condition `idle`, among the `notes` of health; `publish_viewers` counts. UDP
 *   and RTP do not show whether somebody listens: what is sent is published.
 * - Caps changes: viewers of a stream stay connected; HLS marks a discontinuity. Another frame rate alone is none.
 * - EOS: the connection is closed; HLS gets its end mark. Where nothing could be sent, the run fails (`no-pictures`). Errors: an encoder that is missing, a folder that cannot be made, and
 *   what only a change mends, when it is there from the start (plugin/gstreamer/faults.ts, gstreamer/tls/peer.ts): an encoder that takes no such
 *   pictures, a certificate that is not trusted.
 * - A camera without a declared frame rate is encoded as one of 30 frames/s; pictures keep their times.
 * - `audio` names the source whose sound is sent beside the pictures (docs/sound.md), by SRT, UDP, RTSP and HLS: a source that loses its
 *   sound loses no picture. It is silence meanwhile, and the condition `silent`, which degrades health. One that never had any is logged once.
 *   `audioCodec: copy` passes the AAC or Opus of the source through untouched; of what cannot be passed through the condition says what it is. Where the
 *   source changes to another codec, rate or number of channels, viewers connect again, and HLS marks a discontinuity.
 * - Metrics: ./metrics.ts.
 * - Secrets of an address (user:password@, passphrase, streamid) appear in no message.
 *
 *     nodes:
 *       air: { use: publish, from: fused, to: "srt://ingest.example.org:7001?passphrase=${key}", bitrate: 6M }
 */
import type { Observable } from 'rxjs';
import { requireInterfaces } from '../core/address/interfaces';
import { defineElement, ONE_STREAM } from '../core/element';
import { GstIplError } from '../core/errors';
import type { Frame } from '../core/frames/frame';
import { intoTarget } from '../core/queue/into-target';
import { reportQueue } from '../core/queue/queue-watch';
import { queueOption, textOption, type OptionsOf } from '../core/options';
import { requireMakeableFolder } from '../core/files/paths';
import { checkEncoder, encoderElements, encoderOptions, tenBitsOf } from '../gstreamer/output/encoder';
import { formOf, soundElements } from '../gstreamer/sound/sound-codecs';
import { checkSound, soundOptions } from '../gstreamer/sound/sound-options';
import { notEncrypted, tlsOption } from '../gstreamer/tls/tls';
import { isFolder, parseAddress } from './address';
import { publishMetrics } from './metrics';
import { HLS_FILES, hlsElements, hlsForm } from './hls';
import { Publisher } from './publisher';
import { routeElements } from './routes';
import { checkSoundRoute, soundRouteElements } from './sound-route';

const options = {
  to: {
    ...textOption({ summary: 'srt://HOST:PORT, udp://HOST:PORT, rtp://HOST:PORT, rtsp://HOST/PATH or hls:FOLDER.', default: '' }),
    syntax: 'address',
    required: true,
    defaultText: undefined,
  },
  ...encoderOptions,
  ...soundOptions,
  tls: tlsOption,
  queue: {
    ...queueOption('The queue in front of the encoder.', { capacity: 4, policy: 'drop-oldest' }),
    defaultText: '{ capacity: 4, policy: drop-oldest }: viewers would rather lose a frame than fall behind',
  },
};

export type PublishSettings = OptionsOf<typeof options>;

export const publishElement = defineElement({
  kind: 'stage',
  tenBits: tenBitsOf,
  name: 'publish',
  summary: 'Sends frames to viewers, live: SRT, RTP, UDP, RTSP, HLS.',
  input: ONE_STREAM,
  output: 'none',
  options,
  soundOption: 'audio',
  soundForm: ({ audioCodec }) => formOf(audioCodec),
  metrics: publishMetrics,
  example: 'air: { use: publish, from: fused, to: "srt://:7001", bitrate: 6M }',
  check(settings) {
    const { scheme } = parseAddress(settings.to);
    checkEncoder(settings);
    checkSound(settings);
    if (settings.codec === 'av1' && scheme !== 'hls') throw new GstIplError('bad-option', `${scheme}: carries no AV1 here: GStreamer has it neither in transport streams nor in RTP.`, { hint: 'Publish AV1 by HLS, or write `codec: h265`.' });
    if (settings.audio !== undefined) checkSoundRoute(scheme, settings.codec, settings.audioCodec);
    if (settings.tls !== 'system' && scheme !== 'rtsps') throw notEncrypted();
  },
  needs,
  checkFiles({ to }) {
    const address = parseAddress(to);
    if (isFolder(address)) requireMakeableFolder(address.folder);
    else requireInterfaces(address.query.get('iface'));
  },
  files({ to }) {
    const address = parseAddress(to);
    return isFolder(address) ? [{ does: 'writes', path: address.folder, names: HLS_FILES, owns: true }] : [];
  },
  create(settings, context) {
    const publisher = new Publisher(settings.to, settings, needs(settings), context);
    return {
      ready: () => publisher.prepare(),
      delivered: () => publisher.delivered,
      connect: ([frames]) => (frames as Observable<Frame>).pipe(intoTarget(publisher, settings.queue, reportQueue(context))),
      close: () => publisher.close(),
    };
  },
});

function needs({ to, codec, encoder, audio, audioCodec }: PublishSettings): string[] {
  const address = parseAddress(to);
  const sound = audio === undefined ? [] : [...soundElements(audioCodec), ...soundRouteElements(address.scheme, audioCodec)];
  return [...sound, ...encoderElements({ codec, encoder }), ...(isFolder(address) ? hlsElements(hlsForm(codec)) : routeElements(address, codec))];
}
