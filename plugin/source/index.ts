/**
 * `source`: a stream that GStreamer makes, reads or receives.
 *
 * - Input: none. Output: frames.
 * - Options: either `uri`, an address or a path, or `launch`, a launch fragment that begins with a source element and ends
 *   with a pad that gives video. Addresses: `rtsp://` (over TCP; `rtspu://` over UDP, `rtsps://` encrypted), `srt://`,
 *   `rtp://` (H.264 or H.265, see `codec`), `udp://` (MPEG-TS), `v4l2:///dev/video0`, and paths of files. What may stand in
 *   them is as in `publish` (plugin/core/address).
 * - Files are read as fast as the chain goes on (`play: once`), in one pipeline with all such sources of the graph, so
 *   that their running times are those of the media. `play: live` gives every picture at its time, as a camera would;
 *   `play: loop` begins again at the end, without a gap, so that several files of one length stay together.
 *   A JPEG or PNG is recognised by its content, and gives one picture (gstreamer/still.ts). A playlist is refused: files open
 *   files (gstreamer/launch/playlist-files.ts).
 * - Pictures of more than a gigapixel are refused (core/frames/pixel-limit.ts, `--max-pixels`).
 * - Live addresses, and launch fragments with `restart`, have a pipeline of their own and are looked after: when one
 *   fails, ends or falls silent, it is started again (`restart`), while the rest of the graph goes on. The events
 *   `source-lost` and `source-restored` report it.
 * - **Time.** Running time is that of the graph's clock, also after a restart. What comes over a network gets the time
 *   at which it would have come without delay, by its timestamps, so it pairs with what other branches took at that
 *   moment; cameras with a longer network delay are later by that. With `clock: ntp` (rtsp) it gets the time at which the camera
 *   took it, by the camera's sender reports: network delays of any length pair rightly, where cameras and this machine keep the same
 *   time (NTP). Pictures are left out until the first report is there. Devices and launch fragments keep GStreamer's timestamps.
 *   Timestamps that jump are a warning, and the stream goes on where it was. Time never goes back. A camera that gives fewer
 *   pictures than it stamps for, so that time jumps again and again, has the condition `uneven`; it is not corrected.
 * - **Held back** by the chain, files wait, devices do as their elements do, and network streams drop whole frames,
 *   the oldest first: nothing can hold a camera back, and a decoder without its packets shows smeared pictures.
 * - **EOS**: the stream completes; that of a live source is a loss. **Errors** that are not mended by a restart end the
 *   stream; what was received is still fused, and the run reports the error. A fault that only a change mends is such an error
 *   when it is there from the start (files, devices and plugins that are missing are refused before it): a certificate that is not trusted, a port that speaks no
 *   TLS (plugin/gstreamer/faults.ts, gstreamer/tls/peer.ts). A camera that does not answer yet, does not know its user or its stream yet, is
 *   not: it is retried, and the log has the reason and what to do.
 * - **What does not open** and does not fail (a pipe that nobody writes to, a share whose server is gone) is a warning after 5 s and has failed
 *   after 10; it is not tried again before GStreamer returns from it. Other pipelines go on.
 * - **rtsps**: the camera's certificate must be one that the system trusts, or one of the file `tls`.
 * - **Fields and rotation.** What crosses into Node is progressive and upright, of `launch`, too: an interlaced frame gives one
 *   picture, of its upper field, so that rate and times stay (for every field, or another method, put `deinterlace` into a launch
 *   fragment), and what the image-orientation tag says is turned, unless a fragment in front turns pictures itself (`videoflip`).
 *   Progressive, upright pictures are left as they are (those of files are copied once for it). Fragments that are joined inside GStreamer get what the stream has.
 * - **What else is known of pictures**: frame rate (0/1 where unknown), colorimetry (range, matrix, transfer, primaries), chroma site,
 *   pixel aspect ratio, multiview mode and HDR metadata cross by the caps. 10 bits stay 10 (I420_10LE, P010_10LE) where all
 *   who read them say that they take them (`tenBits`: `ipl`, and what writes HDR or 10 bits behind it); else they come in 8. Alpha is left out: pixels have the colour that they have.
 *   Cropping and padding are done by GStreamer, as nothing behind says that it can.
 * - **Sound** goes to the outputs that name the source with `audio` (docs/sound.md). A `launch` that gives sound is a source of it,
 *   where nobody reads its pictures. What fails in it costs no picture.
 * - **Caps changes** (a camera that changes its resolution) pass on. With `size` they do not happen.
 * - Passwords in addresses are shown nowhere. A parameter cannot add elements or properties.
 * - Behind a source that is looked after, neighbouring filters and sinks get pipelines of their own.
 *
 *     nodes:
 *       mid:  { use: source, uri: "rtsp://10.0.0.12/stream1" }
 *       over: { use: source, launch: "v4l2src device=/dev/video2 ! jpegdec", restart: { silence: 2s } }
 *       test: { use: source, uri: examples/media/video/mid.mp4, play: loop }
 */
import type { Observable } from 'rxjs';
import { requireInterfaces } from '../core/address/interfaces';
import { defineElement, NO_INPUT, type StageElement } from '../core/element';
import { GstIplError } from '../core/errors';
import type { Frame } from '../core/frames/frame';
import { choiceOption, durationOption, launchOption, textOption, type OptionsOf } from '../core/options';
import { publicValue } from '../core/secrets/public-value';
import type { SoundForm } from '../core/sound/sound-line';
import type { SoundOrigin, SoundReading } from '../core/sound/sound-origin';
import { MILLISECOND } from '../core/time';
import { notEncrypted, tlsOption } from '../gstreamer/tls/tls';
import { TlsRelay } from '../gstreamer/tls/tls-relay';
import { readAddress, soundOfFile, type Address } from './address';
import { LiveSource, type LiveSettings } from './live-source';
import { RESTART, restartOption } from './restart';
import { scaleLaunch, sizeOption } from './size';

const options = {
  uri: textOption({
    summary: 'An address (rtsp, rtspu, rtsps, srt, rtp, udp, v4l2) or the path of a file. Either this or `launch`.',
    default: '',
    defaultText: 'none',
  }),
  launch: {
    ...launchOption('Launch fragment that begins with a source element; its last pad gives the video. Either this or `uri`.'),
    required: false,
    defaultText: 'none',
  },
  play: choiceOption({
    summary: 'Files: `once`, as fast as the graph takes frames; `live`, every frame at its timestamp; `loop`, live and endless.',
    choices: ['once', 'live', 'loop'],
    default: 'once',
    defaultText: 'once: no waiting, no drops',
  }),
  restart: restartOption,
  size: sizeOption,
  latency: durationOption({
    summary: 'Jitter buffer of rtsp, rtp and srt: how long they wait for packets that are late or were lost. Frames without loss do not wait.',
    default: 200n * MILLISECOND,
    defaultText: '200ms: enough for two retransmissions within a country, and for Wi-Fi',
  }),
  clock: choiceOption({
    summary: 'What gives rtsp frames their timestamps: their `arrival`, or the clock of the camera, which `ntp` sets, as that of this machine.',
    choices: ['arrival', 'ntp'],
    default: 'arrival',
    defaultText: 'arrival: the clocks of many cameras are wrong',
  }),
  codec: choiceOption({
    summary: 'Codec of an rtp address; other addresses signal theirs.',
    choices: ['h264', 'h265'],
    default: 'h264',
    defaultText: 'h264: what most senders send',
  }),
  tls: tlsOption,
};

type Settings = OptionsOf<typeof options>;

/** Launch fragments that read files wait as files do. */
const FROM_FILES = /^\s*(multi)?filesrc\s/;

export const sourceElement = defineElement({
  kind: 'fragment',
  name: 'source',
  summary: 'A camera, a network stream, a file, or any launch fragment that gives video.',
  input: NO_INPUT,
  output: 'frames',
  options,
  example: 'mid: { use: source, uri: "rtsp://10.0.0.12/stream1" }',
  check,
  checkFiles: (settings) => requireInterfaces(fragmentOf(settings).iface),
  launch: (settings) => scaleLaunch(fragmentOf(settings).launch, settings.size, '!'),
  variant: (settings) => (isLookedAfter(settings) ? lookedAfter : undefined),
  soundOf,
  waits: (settings) => !isLookedAfter(settings) && (settings.uri !== '' || FROM_FILES.test(settings.launch)),
});

/** The same with a pipeline of its own. */
const lookedAfter: StageElement<typeof options> = {
  ...sourceElement,
  kind: 'stage',
  create(settings, context) {
    const relay = relayOf(settings);
    let source: LiveSource | undefined;
    return {
      ready: async () => await relay?.listen(),
      connect(): Observable<Frame> {
        source = new LiveSource(liveSettings(settings, relay?.port, context.givesSound?.map(({ form }) => form)), context);
        return source.frames;
      },
      end: () => source?.stop(),
      close: async () => {
        await source?.stopped; // Its goodbye goes through the relay.
        await relay?.close();
      },
    };
  },
};

/** Certificates of one's own are checked by Node. */
function relayOf(settings: Settings): TlsRelay | undefined {
  const { peer } = fragmentOf(settings);
  return peer && typeof peer.trust === 'object' ? new TlsRelay(peer) : undefined;
}

function check(settings: Settings): void {
  const { uri, launch, play, restart, clock, tls } = settings;
  if ((uri === '') === (launch === '')) {
    const which = uri === '' ? 'needs either "uri" or "launch"' : 'has both "uri" and "launch"';
    throw new GstIplError('bad-option', `it ${which}.`, { hint: 'An address such as rtsp://HOST/PATH, or a launch fragment.' });
  }
  const { live } = fragmentOf(settings);
  if (clock === 'ntp' && !/^rtsp/i.test(uri)) {
    throw new GstIplError('bad-option', 'only rtsp addresses can have `clock: ntp`: only RTCP sender reports say when a frame was taken.', {
      hint: 'Leave it out; a constant delay is declared to `sync` (`offsets`).',
    });
  }
  if (tls !== 'system' && tls !== undefined && !/^rtsps/i.test(uri.trim())) throw notEncrypted();
  if (live && play !== 'once') {
    throw new GstIplError('bad-option', `the option "play" is for files; "${publicValue(uri)}" is live anyway.`, { hint: 'Leave it out.' });
  }
  if (play === 'once' && !live && uri !== '' && restart !== 'auto' && restart !== undefined) {
    throw new GstIplError('bad-option', `a file that is played once is not started again.`, {
      hint: 'Leave `restart` out, or write `play: live` or `play: loop`.',
    });
  }
}

function fragmentOf({ uri, launch, codec, clock, tls, latency = 0n }: Settings, relay?: number, sound?: readonly SoundForm[]): Address {
  return uri === '' ? { live: false, launch } : readAddress(uri, { codec, latency, clock, tls, relay, sound });
}

function isLookedAfter(settings: Settings): boolean {
  const asked = settings.restart !== 'auto' && settings.restart !== undefined;
  return asked || settings.play !== 'once' || fragmentOf(settings).live;
}

/** @throws GstIplError `bad-option` */
function soundOf(settings: Settings, { picturesRead, forms }: SoundReading): SoundOrigin {
  const { uri, launch, restart } = settings;
  const policy = restart === 'auto' ? RESTART : restart;
  if (uri === '') {
    if (!picturesRead) return { kind: 'own', launch, link: '!', restart: policy };
    throw new GstIplError('bad-option', 'a launch fragment gives video or sound, and the video of this one is read.', {
      hint: 'Give the sound a source of its own: `mic: { use: source, launch: "alsasrc" }`, and `audio: mic`.',
    });
  }
  if (isLookedAfter(settings)) {
    if (fragmentOf(settings, undefined, forms).sound !== undefined) return { kind: 'beside-pictures' };
  } else {
    const sound = fragmentOf(settings).live ? undefined : soundOfFile(uri, forms);
    if (sound !== undefined) return { kind: 'own', launch: sound, link: ':', restart: undefined };
  }
  throw new GstIplError('bad-option', `"${publicValue(uri)}" gives video only.`, {
    hint: 'rtsp, srt, udp and files can have sound; a microphone is a source of its own: `mic: { use: source, launch: "alsasrc" }`.',
  });
}

/** What looks after the source needs to know of it. */
export function liveSettings(settings: Settings, relay?: number, sounds?: readonly SoundForm[]): LiveSettings {
  const { uri, play, restart, size, clock } = settings;
  const { launch, live, peer, sound } = fragmentOf(settings, relay, sounds);
  const comesAndGoes = uri !== '';
  return {
    launch: scaleLaunch(launch, size, comesAndGoes ? ':' : '!'),
    link: comesAndGoes && !size ? ':' : '!',
    live: play === 'once',
    stamps: clock === 'ntp' ? 'ntp' : live && !uri.startsWith('v4l2:') ? 'arrival' : 'device',
    loop: play === 'loop',
    restart: restart === 'auto' ? (live ? RESTART : undefined) : restart,
    peer,
    sound,
  };
}
