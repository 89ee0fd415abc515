/** Whether and how exposures are lined up. */
import { choiceOption, type Option } from '../core/options';

export type Align = 'auto' | 'off' | 'each';

/**
 * `auto`: cameras beside each other never coincide, a hand shakes and a camera pans, and who has such pictures seldom knows that there is
 * something to set. Fused as they are, they lose 10 to 20 dB. Where exposures coincide pictures stay as they are, for a look in four seconds. Only who gains
 * pays (../../bench/README.md, "Lining up"): of a fusion at 4K, whole pixels a twelfth, a rig that is turned a seventh, a pan a half.
 */
export const DEFAULT_ALIGN: Align = 'auto';

/** Undefined where nothing is written: DEFAULT_ALIGN where that can be had, and no warning where it cannot. */
export const alignOption: Option<Align | undefined> = {
  ...choiceOption<Align>({
    summary: 'Whether exposures that do not coincide are aligned to the reference first. `auto`, for streams: estimated beside the fusion, kept, and followed. `each`, for stills: estimated for each set, which waits for it. `off`.',
    choices: ['auto', 'off', 'each'],
    default: DEFAULT_ALIGN,
    defaultText: 'auto: cameras beside each other never coincide; where exposures do, it costs a look in four seconds',
  }),
  fallback: undefined,
};
