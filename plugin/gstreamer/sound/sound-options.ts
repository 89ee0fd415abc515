/** The options by which an output takes sound. */
import { GstIplError } from '../../core/errors';
import { choiceOption, type Option, type OptionsOf } from '../../core/options';
import { SOUND_CHOICES } from './sound-codecs';

const audio: Option<string | undefined> = {
  summary: 'The node whose sound goes with the frames: a `source` with the `uri` of what has sound, or one whose `launch` gives sound.',
  syntax: 'node',
  fallback: undefined,
  defaultText: 'none: video only',
  required: false,
  schema: { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9_]*$' },
  read(value) {
    if (typeof value === 'string' && value.trim() !== '') return value.trim();
    const several = Array.isArray(value) ? ' Sounds are mixed by a launch fragment (`audiomixer`).' : '';
    throw new GstIplError('bad-option', `expected the name of one source, but got ${JSON.stringify(value)}.${several}`);
  },
};

export const soundOptions = {
  audio,
  audioCodec: choiceOption({
    summary: 'What sound is encoded as: `aac` (192 kbit/s) or `opus` (128 kbit/s), 48 kHz, two channels. `copy` passes the AAC or Opus of the source through untouched.',
    choices: SOUND_CHOICES,
    default: 'aac',
    defaultText: 'aac: every player, browser and station takes it',
  }),
};

export type SoundSettings = OptionsOf<typeof soundOptions>;

/** @throws GstIplError `bad-option` for a codec of what is not there */
export function checkSound({ audio: node, audioCodec }: SoundSettings): void {
  if (node !== undefined || audioCodec === 'aac') return;
  throw new GstIplError('bad-option', 'the option "audioCodec" is of use with "audio" only.', { hint: 'Say with `audio` which source has the sound, or leave it out.' });
}
