/** What of the look a graph may say from the start; all of it may be changed while it runs (controls.ts). */
import { numberOption, type Option, type OptionsOf } from '../core/options';
import { CONTROLS, type Controls } from './controls';

const share = (name: 'highlights' | 'shadows', detail: string, side: string): Option<number> =>
  numberOption({
    summary: `How much ${detail} detail is added from exposures that are ${side} than the reference: 1 all that the network asks for, 0 none. Live.`,
    default: CONTROLS[name],
    min: 0,
    max: 1,
    defaultText: '1: it is what exposures are fused for',
  });

export const lookOptions = {
  highlights: share('highlights', 'highlight', 'darker'),
  shadows: share('shadows', 'shadow', 'brighter'),
};

/** The controls as they begin. */
export function controlsOf({ highlights, shadows }: OptionsOf<typeof lookOptions>): Controls {
  return { ...CONTROLS, highlights, shadows };
}
