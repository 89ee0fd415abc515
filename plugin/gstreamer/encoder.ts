/** Encoders for live outputs and recordings, so that nobody has to know their properties by heart. */
import { GstIplError } from '../core/errors';
import { choiceOption, type Option, type OptionsOf } from '../core/options';
import { parseBitrate } from '../core/quantities';
import type { VideoCaps } from '../core/video-caps';

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
    summary: 'The codec.',
    choices: ['h264', 'h265'],
    default: 'h264',
    defaultText: 'h264: every player and browser shows it, and it costs a third of the work of h265',
  }),
  bitrate,
  preset: choiceOption({
    summary: "The encoder's effort: slower presets look better at the same rate and cost more.",
    choices: PRESETS,
    default: 'auto',
    defaultText: 'auto: veryfast for h264, ultrafast for h265; two cores encode 720p30 beside the fusion with it',
  }),
};

export type VideoCodec = 'h264' | 'h265';
export type EncoderSettings = OptionsOf<typeof encoderOptions>;

/** 0.1 bit a pixel is what broadcasters give H.264 of moderate motion; H.265 needs about two thirds of it. */
const BITS_A_PIXEL: Readonly<Record<VideoCodec, number>> = { h264: 0.1, h265: 0.067 };

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

/** Names of the elements that `encoderLaunch` needs. */
export function encoderElements({ codec }: EncoderSettings): string[] {
  return ['capssetter', ...(codec === 'h264' ? ['x264enc', 'h264parse'] : ['x265enc', 'h265parse'])];
}

/**
 * A launch fragment from raw pictures to a parsed stream.
 *
 * `tune=zerolatency` also for recordings: pictures that wait in an encoder are lost when the process is killed.
 * `scenecut=0`: x264 makes an intra picture of every scene change, which h264parse takes for a key frame: it would begin a file.
 * Parameter sets are repeated at every key frame, so that a receiver can join in the middle.
 *
 * @param keyFrameSeconds the longest time between two key frames
 */
export function encoderLaunch(settings: EncoderSettings, caps: VideoCaps, keyFrameSeconds: number): string {
  const { codec, preset } = settings;
  const kilobits = Math.round(bitrateOf(settings, caps) / 1000);
  const interval = Math.max(1, Math.round(frameRate(caps) * keyFrameSeconds));
  const common = `tune=zerolatency bitrate=${kilobits} key-int-max=${interval}`;
  const encoder =
    codec === 'h264'
      ? `x264enc speed-preset=${preset === 'auto' ? 'veryfast' : preset} ${common} option-string=scenecut=0 ! h264parse config-interval=-1`
      : `x265enc speed-preset=${preset === 'auto' ? 'ultrafast' : preset} ${common} ! h265parse config-interval=-1`;
  return `${cropOdd(caps)}${declareRate(caps)}videoconvert ! video/x-raw,format=I420 ! ${encoder}`;
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
