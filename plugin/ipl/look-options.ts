/** What of the look a graph may say from the start; all of it may be changed while it runs (controls.ts). */
import { numberOption, type Option, type OptionsOf } from '../core/options';
import { CONTROLS, liveParameters, type Controls } from './controls';
import type { Look } from './engine/look';

const share = (name: 'highlights' | 'shadows', detail: string, side: string): Option<number> =>
  numberOption({
    summary: `How much ${detail} detail is added from exposures that are ${side} than the reference: 1 all that the network asks for, 0 none. Live.`,
    default: CONTROLS[name],
    min: 0,
    max: 1,
    defaultText: '1: it is what exposures are fused for',
  });

/** The same as the live parameter of that name. */
function begins(name: keyof Look, defaultText: string): Option<number> {
  const found = liveParameters({ ...CONTROLS }).find((parameter) => parameter.name === name);
  if (found?.kind !== 'number') throw new TypeError(`There is no live parameter ${name}.`);
  const { summary, default: natural, min, max } = found;
  return numberOption({ summary: `${summary} Live.`, default: natural, min, max, defaultText });
}

export const lookOptions = {
  strength: begins('strength', '1: the whole fusion'),
  highlights: share('highlights', 'highlight', 'darker'),
  shadows: share('shadows', 'shadow', 'brighter'),
  bias: begins('bias', '0: what the network was trained for'),
  saturation: begins('saturation', '1: colours as the cameras record them'),
  denoise: begins('denoise', '1: by the measured noise, so that clean pictures stay as they are'),
};

/** The controls as they begin. */
export function controlsOf(settings: OptionsOf<typeof lookOptions>): Controls {
  return { ...CONTROLS, ...lookOf(settings) };
}

/** What settings say of it that is not as it is by default. */
export const changedLook = (settings: Look): (keyof Look)[] => LOOK_NAMES.filter((name) => settings[name] !== CONTROLS[name]);

const LOOK_NAMES = Object.keys(lookOptions) as (keyof Look)[];

function lookOf(settings: Look): Look {
  const { strength, highlights, shadows, bias, saturation, denoise } = settings;
  return { strength, highlights, shadows, bias, saturation, denoise };
}
