/** How photographs are fused, as flags of the commands that do it. */
import { messageOf } from '../core/errors';
import { numberOption, type Option } from '../core/options';
import { liveParameters, CONTROLS } from '../ipl/controls';
import type { Look } from '../ipl/engine/look';
import { UsageError, type Arguments, type Flag } from './arguments';

/** Of plugin/stills/still-formats.ts, which is loaded where it is needed. */
export const EXTENSIONS = ['.jpg', '.jpeg', '.png', '.tif', '.tiff', '.webp', '.avif'];

export const ALIGN_FLAG: Readonly<Record<string, Flag>> = {
  align: { type: 'string', value: 'auto|off', summary: 'Aligns pictures that do not coincide. Default: auto, where that improves the match.' },
  crop: { type: 'boolean', summary: 'Cuts the fused picture to what all aligned pictures show. Without it, borders come from those that show them.' },
};

/** What of the look a photographer may say. */
const LOOK = ['strength', 'highlights', 'shadows', 'saturation', 'denoise'] as const;

/** As they are defined for graphs that run. */
const lookOptions = Object.fromEntries(liveParameters({ ...CONTROLS }).flatMap((parameter) =>
  parameter.kind === 'number' && LOOK.includes(parameter.name as (typeof LOOK)[number]) ? [[parameter.name, optionOf(parameter)]] : []));

function optionOf({ summary, default: fallback, min, max }: { summary: string; default: number; min: number; max: number }): Option<number> & { range: string } {
  return { ...numberOption({ summary, default: fallback, min, max }), range: `${min}..${max}` };
}

export const LOOK_FLAGS: Readonly<Record<string, Flag>> = Object.fromEntries(Object.entries(lookOptions).map(([name, { summary, fallback, range }]): [string, Flag] =>
  [name, { type: 'string', value: range, summary: `${summary} Default: ${fallback}.` }]));

/** @throws UsageError */
export function readAlign({ flags: { align = 'auto', crop = false } }: Arguments): { align: boolean; crop: boolean } {
  if (align !== 'auto' && align !== 'off') throw new UsageError(`--align is auto or off, not ${JSON.stringify(align)}.`);
  if (align === 'off' && crop === true) throw new UsageError('--crop cuts what lining up leaves; with --align off there is nothing to cut.');
  return { align: align === 'auto', crop: crop === true };
}

/** @throws UsageError */
export function readLook({ flags }: Arguments): Look {
  const given = Object.entries(lookOptions).filter(([name]) => flags[name] !== undefined).map(([name, option]) => {
    try {
      return [name, option.read(flags[name])] as const;
    } catch (error) {
      throw new UsageError(`--${name}: ${messageOf(error)}`);
    }
  });
  const { freeze: _freeze, weights: _weights, ...look } = { ...CONTROLS, ...Object.fromEntries(given) };
  return look;
}
