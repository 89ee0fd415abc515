/** What of the look a graph may say from the start; all of it may be changed while it runs (controls.ts). */
import { numberOption, type Option, type OptionsOf } from '../core/options';
import { CONTROLS, type Controls } from './controls';

const share = (name: 'highlights' | 'shadows', of: string): Option<number> =>
  numberOption({
    summary: `How much of what ${of} is brought into the picture: 1 all that the network says, 0 nothing. Live.`,
    default: CONTROLS[name],
    min: 0,
    max: 1,
    defaultText: '1: it is what exposures are fused for',
  });

export const lookOptions = {
  highlights: share('highlights', 'darker exposures than the reference show, in its lights,'),
  shadows: share('shadows', 'brighter exposures than the reference show, in its darks,'),
};

/** The controls as they begin. */
export function controlsOf({ highlights, shadows }: OptionsOf<typeof lookOptions>): Controls {
  return { ...CONTROLS, highlights, shadows };
}
