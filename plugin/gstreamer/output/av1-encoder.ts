/**
 * Which AV1 encoder takes a stream's pictures. Several may be installed, and which of them take 10 bits differs by version: av1enc of GStreamer 1.22 does not,
 * that of later ones may. So GStreamer is asked: it links raw pictures of that depth with the encoder, or says that its pad does not take them.
 */
import { GstIplError } from '../../core/errors';
import { depthOf } from '../../core/frames/video-layout';
import type { VideoCaps } from '../../core/frames/video-caps';
import { isAccepted } from '../probe/probe';
import type { EightBits, EncoderSettings } from './encoder';
import { ENCODERS, ENCODER_NAMES, type Encoder, type EncoderName } from './encoders';

/** In the order of the table: those that keep up with a stream first. */
const NAMES = ENCODER_NAMES.filter((name) => ENCODERS[name].codec === 'av1');

/** Any: only whether it is taken is asked. */
const TARGET = { bitsPerSecond: 4_000_000, interval: 60, preset: 'auto', width: 1280, height: 720, rate: 30 };

/** What takes raw pictures of so many bits, of those that are named. Asked once for each. */
const found = new Map<string, Promise<readonly EncoderName[]>>();

export function av1EncodersFor(bits: 8 | 10, names: readonly EncoderName[] = NAMES): Promise<readonly EncoderName[]> {
  const key = `${bits} ${names.join(' ')}`;
  const known = found.get(key) ?? ask(bits, names);
  found.set(key, known);
  return known;
}

async function ask(bits: 8 | 10, names: readonly EncoderName[]): Promise<readonly EncoderName[]> {
  const accepted = await isAccepted(names.map((name) => {
    const { format, tenBits, launch }: Encoder = ENCODERS[name];
    return `capsfilter caps="video/x-raw,format=${bits === 10 ? tenBits : format}" ! ${launch(TARGET)}`;
  }));
  return names.filter((_, index) => accepted[index]);
}

/**
 * Settings with the encoder that is used; those of other codecs are what they are.
 * @throws GstIplError `missing-plugin` where none takes the pictures
 */
export async function withInstalledEncoder(settings: EncoderSettings, caps: VideoCaps): Promise<EncoderSettings & EightBits> {
  if (settings.codec !== 'av1') return settings;
  const names = settings.encoder === 'auto' ? NAMES : [settings.encoder];
  const { transfer } = caps.colorimetry;
  const [deep] = depthOf(caps.format) > 8 ? await av1EncodersFor(10, names) : [];
  if (deep) return { ...settings, encoder: deep };
  const [eight] = await av1EncodersFor(8, names);
  // SDR may lose its finest steps, HDR would show bands.
  const isHdr = transfer === 'PQ' || transfer === 'HLG';
  if (eight && !isHdr) return { ...settings, encoder: eight, eightBits: true };
  const there = eight ? `${eight} takes 8 only` : `none of ${names.join(', ')} is installed`;
  throw new GstIplError('missing-plugin', isHdr ? `HDR (${transfer}) wants an AV1 encoder of 10 bits, and ${there}.` : `No AV1 encoder takes the pictures: ${there}.`, {
    hint: isHdr ? 'Install svtav1enc (GStreamer 1.24, gst-plugins-bad) or rav1enc (gst-plugins-rs), or write `codec: h265`.' : 'Debian has av1enc in gstreamer1.0-plugins-bad.',
    permanent: true,
  });
}
