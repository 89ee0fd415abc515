/** The options of `record`, and what they have to be. */
import { GstIplError } from '../core/errors';
import { durationOption, queueOption, textOption, type OptionsOf } from '../core/options';
import { SECOND } from '../core/time';
import { checkEncoder, encoderOptions } from '../gstreamer/output/encoder';
import { checkSound, soundOptions } from '../gstreamer/sound/sound-options';
import { keepOption } from './retention';

const LONGEST_SEGMENT = 3600n * SECOND;

export const recordOptions = {
  to: { ...textOption({ summary: 'The folder; it is made where it is missing.', default: '' }), required: true, defaultText: undefined },
  segment: durationOption({
    summary: 'How long a file is; from 1s to 60min.',
    default: 60n * SECOND,
    defaultText: '1min: easy to find, to copy and to remove; 30 MB at 4 Mbit/s',
  }),
  keep: keepOption,
  ...encoderOptions,
  ...soundOptions,
  queue: queueOption('The queue in front of the encoder. A live chain that must stay fresh wants drop-oldest.'),
};

export type RecordSettings = Omit<OptionsOf<typeof recordOptions>, 'segment'> & { readonly segment: bigint };

/** @throws GstIplError `bad-option` */
export function checkedSettings(settings: OptionsOf<typeof recordOptions>): RecordSettings {
  const { to, segment = 0n } = settings;
  checkEncoder(settings);
  checkSound(settings);
  if (to.trim() === '') throw new GstIplError('bad-option', 'the option "to" names no folder.');
  if (segment >= SECOND && segment <= LONGEST_SEGMENT) return { ...settings, segment };
  throw new GstIplError('bad-option', 'the option "segment" must be from 1s to 60min.');
}
