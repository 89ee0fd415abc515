/** Encoders for live outputs and recordings, so that nobody has to know their properties by heart. */
import { GstIplError } from '../../core/errors';
import { choiceOption, type Option, type OptionsOf } from '../../core/options';
import { parseBitrate } from '../../core/quantities';
import type { VideoCaps } from '../../core/frames/video-caps';
import { depthOf } from '../../core/frames/video-layout';
import { ENCODER_NAMES, ENCODERS, type Encoder, type EncoderName, type VideoCodec } from './encoders';

export type { VideoCodec };

const PRESETS = ['auto', 'ultrafast', 'superfast', 'veryfast', 'faster', 'fast', 'medium', 'slow'] as const;

/** What an encoder may be asked for. 100 Mbit/s is the most that x265enc takes. */
const LEAST_BITRATE = 50_000;
const MOST_BITRATE = 100_000_000;

const bitrate: Option<number | 'auto'> = {
  summary: 'Bits per second, such as 4M or 2500k, or `auto`: by the size of the picture and its rate.',
  syntax: 'auto | bit rate, such as 4M',
  fallback: 'auto',
  defaultText: 'auto: 0.1 bit a pixel (2.8M at 720p30, 6.2M at 1080p30), for h265 two thirds of it',
  required: false,
  schema: { oneOf: [{ const: 'auto' }, { type: ['string', 'number'], pattern: '^\\s*\\d+(\\.\\d+)?\\s*[kM]?(bit/s|bps)?\\s*$' }] },
  read(value) {
    if (value === 'auto') return value;
    const rate = parseBitrate(String(value));
    if (rate >= LEAST_BITRATE && rate <= MOST_BITRATE) return rate;
    throw new GstIplError('bad-option', `expected a bit rate from 50k to 100M, but got ${JSON.stringify(value)}.`);
  },
};

export const encoderOptions = {
  codec: choiceOption({
    summary: 'The codec. AV1 is recorded, and published by HLS; of 10 bits it takes an encoder that GStreamer 1.22 of Debian has none of (svtav1enc, rav1enc).',
    choices: ['h264', 'h265', 'av1'],
    default: 'h264',
    defaultText: 'h264: every player and browser shows it, and it costs a third of the work of h265',
  }),
  encoder: choiceOption({
    summary:
      'The GStreamer element that encodes. x264enc and x265enc are under the GPL, openh264enc under a BSD licence; va, nv, qsv and v4l2 are hardware (not tried: none was at hand, nor were svtav1enc and rav1enc).',
    choices: ['auto', ...ENCODER_NAMES],
    default: 'auto',
    defaultText: 'auto: x264enc for h264, x265enc for h265: the best quality at a rate, on any machine; for av1 the first installed one that takes the frames, by their bits',
  }),
  bitrate,
  preset: choiceOption({
    summary: 'The effort of x264enc and x265enc: slower presets look better at the same rate and cost more.',
    choices: PRESETS,
    default: 'auto',
    defaultText: 'auto: veryfast for h264, ultrafast for h265; two cores encode 720p30 beside the fusion with it',
  }),
};

export type EncoderSettings = OptionsOf<typeof encoderOptions>;

/** 0.1 bit a pixel is what broadcasters give H.264 of moderate motion; H.265 needs about two thirds of it, AV1 a little less. */
const BITS_A_PIXEL: Readonly<Record<VideoCodec, number>> = { h264: 0.1, h265: 0.067, av1: 0.06 };

/** Where the rate is unknown, as that of RTSP cameras with MJPEG is: what most cameras have. */
const USUAL_RATE = 30;

export function frameRate({ framerate }: VideoCaps): number {
  return framerate.numerator > 0 ? framerate.numerator / framerate.denominator : USUAL_RATE;
}

function bitrateOf({ bitrate: wanted, codec }: EncoderSettings, caps: VideoCaps): number {
  if (wanted !== 'auto') return wanted;
  const rate = caps.width * caps.height * frameRate(caps) * BITS_A_PIXEL[codec];
  return Math.min(MOST_BITRATE, Math.max(LEAST_BITRATE * 4, rate));
}

/**
 * Whether what is asked for goes together.
 * @throws GstIplError `bad-option`
 */
export function checkEncoder(settings: EncoderSettings): void {
  const { codec, encoder, preset } = settings;
  const { codec: made, presets } = encoderOf(settings);
  if (made !== codec) {
    throw new GstIplError('bad-option', `the encoder "${encoder}" makes ${made}, and the codec is ${codec}.`, {
      hint: `Write \`codec: ${made}\`, or choose one of ${ENCODER_NAMES.filter((name) => ENCODERS[name].codec === codec).join(', ')}.`,
    });
  }
  if (preset === 'auto' || presets) return;
  throw new GstIplError('bad-option', `the encoder "${encoder}" has no presets.`, { hint: 'Leave `preset` out: it is for x264enc and x265enc.' });
}

/** Whether it gives a key frame when splitmuxsink asks for one. */
export function answersRequests(settings: Pick<EncoderSettings, 'codec' | 'encoder'>): boolean {
  return encoderOf(settings).deaf !== true;
}

function nameOf({ codec, encoder }: Pick<EncoderSettings, 'codec' | 'encoder'>): EncoderName {
  if (encoder !== 'auto') return encoder;
  return codec === 'h264' ? 'x264enc' : codec === 'h265' ? 'x265enc' : 'av1enc';
}

function encoderOf(settings: Pick<EncoderSettings, 'codec' | 'encoder'>): Encoder {
  return ENCODERS[nameOf(settings)];
}

/** What an output that encodes says of pictures of 10 bits: GStreamer brings them to 8 where the encoder has no more. */
export function tenBitsOf(settings: Pick<EncoderSettings, 'codec' | 'encoder'>): 'takes' | 'bears' {
  return encoderOf(settings).tenBits === undefined ? 'bears' : 'takes';
}

/** Names of the elements that `encoderLaunch` needs. */
export function encoderElements(settings: Pick<EncoderSettings, 'codec' | 'encoder'>): string[] {
  const parser = `${settings.codec}parse`;
  // Which of them it is, is asked.
  return settings.codec === 'av1' && settings.encoder === 'auto' ? ['capssetter', parser] : ['capssetter', nameOf(settings), parser];
}

/** Set where the encoder takes no more. */
export interface EightBits {
  readonly eightBits?: boolean;
}

/**
 * A launch fragment from raw pictures to a parsed stream. Parameter sets are repeated at every key frame, so that a receiver
 * can join in the middle.
 *
 * @param keyFrameSeconds the longest time between two key frames
 */
export function encoderLaunch(settings: EncoderSettings & EightBits, caps: VideoCaps, keyFrameSeconds: number): string {
  const { codec, preset } = settings;
  const { format, tenBits, launch }: Encoder = encoderOf(settings);
  const raw = depthOf(caps.format) > 8 && settings.eightBits !== true ? (tenBits ?? withoutHdr(settings, format, caps)) : format;
  const rate = frameRate(caps);
  const interval = Math.max(1, Math.round(rate * keyFrameSeconds));
  const encoder = launch({ bitsPerSecond: bitrateOf(settings, caps), interval, preset, width: caps.width, height: caps.height, rate });
  return `${cropOdd(caps)}${declareRate(caps)}videoconvert ! video/x-raw,format=${raw} ! ${encoder} ! ${codec}parse${codec === 'av1' ? '' : ' config-interval=-1'}`;
}

/**
 * Pictures of 10 bits become some of 8, but not HDR: it would show bands, and hardly a player shows HDR in H.264.
 * @throws GstIplError `bad-caps`
 */
function withoutHdr({ codec }: EncoderSettings, format: string, { colorimetry }: VideoCaps): string {
  const { transfer } = colorimetry;
  if (transfer !== 'PQ' && transfer !== 'HLG') return format;
  throw new GstIplError('bad-caps', `The frames are HDR (${transfer}), which ${codec} is not encoded in here.`, { hint: 'Write `codec: h265`.', permanent: true });
}

/** 4:2:0 encoders take even sizes only; of an odd one the last row or column is left out. */
function cropOdd({ width, height }: VideoCaps): string {
  return width % 2 || height % 2 ? `videocrop right=${width % 2} bottom=${height % 2} ! ` : '';
}

/**
 * x265enc refuses pictures without a rate, and neither encoder could keep to a bit rate. Only what is declared changes: pictures
 * keep their times. Where the true rate is lower, so is the bit rate, and key frames are rarer.
 */
function declareRate({ framerate }: VideoCaps): string {
  return framerate.numerator > 0 ? '' : `capssetter caps=video/x-raw,framerate=(fraction)${USUAL_RATE}/1 ! `;
}
