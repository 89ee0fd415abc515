/** How photographs are fused, as flags of the commands that do it. */
import { messageOf } from '../core/errors';
import { numberOption, type Option } from '../core/options';
import { CURVES } from '../ipl/hdr/curves';
import { liveParameters, CONTROLS } from '../ipl/controls';
import type { Look } from '../ipl/engine/look';
import { UsageError, type Arguments, type Flag } from './arguments';

/** Of plugin/stills/still-formats.ts, which is loaded where it is needed. */
export const EXTENSIONS = ['.jpg', '.jpeg', '.png', '.tif', '.tiff', '.webp', '.avif'];

export const ALIGN_FLAG: Readonly<Record<string, Flag>> = {
  align: { type: 'string', value: 'auto|off', summary: 'Aligns pictures that do not coincide. Default: auto, where that improves the match.' },
  crop: { type: 'boolean', summary: 'Cuts the fused picture to what all aligned pictures show. Without it, borders come from those that show them.' },
};

export const BITS_FLAG: Readonly<Record<string, Flag>> = {
  bits: { type: 'string', value: '10|12', summary: 'Bits of an .avif, where an input has more than 8. Default: 10, which all browsers show.' },
};

/** @param extension of what is written @throws UsageError */
export function readBits({ flags: { bits, hdr } }: Arguments, extension: string): 10 | 12 | undefined {
  if (bits === undefined) return undefined;
  if (extension.toLowerCase() !== '.avif' || hdr === true) throw new UsageError('--bits is for an .avif without --hdr: PNG and TIFF have 16 where a picture has more than 8, HDR has its own.');
  if (bits !== '10' && bits !== '12') throw new UsageError(`--bits is 10 or 12, not ${JSON.stringify(bits)}.`);
  return bits === '10' ? 10 : 12;
}

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

/** Of plugin/stills/hdr/hdr-formats.ts. */
export const HDR_EXTENSIONS = ['.avif', '.exr', '.hdr', '.jpg', '.jpeg'];

/** A curve by its name, or as the pictures tell it. */
const ASKED = [...CURVES, 'estimate'] as const;

const TRANSFERS = ['pq', 'hlg'] as const;

export const HDR_FLAGS: Readonly<Record<string, Flag>> = {
  hdr: { type: 'boolean', summary: 'Merges the exposures into light instead of fusing them: .avif for screens, in 10 bits; .exr and .hdr for programs, linear; .jpg is Ultra HDR, a fused picture with a gain map beside it.' },
  curve: { type: 'string', value: ASKED.join('|'), summary: 'With --hdr: transfer function of the inputs; `estimate` finds that of a camera from the pictures and their Exif. Default: srgb, as cameras and raw converters write photographs.' },
  transfer: { type: 'string', value: TRANSFERS.join('|'), summary: 'With --hdr and .avif: transfer function of the output. Default: pq, which has absolute brightness.' },
};

/** @param extension of what is written @throws UsageError */
export function readHdr({ flags: { hdr, curve, transfer, ...others } }: Arguments, extension: string): { readonly curve: (typeof ASKED)[number]; readonly transfer: 'pq' | 'hlg' } | undefined {
  const ending = extension.toLowerCase();
  if (hdr !== true) {
    if (curve !== undefined || transfer !== undefined) throw new UsageError(`--${curve === undefined ? 'transfer' : 'curve'} is for HDR: add --hdr.`);
    if (EXTENSIONS.includes(ending) || !HDR_EXTENSIONS.includes(ending)) return undefined;
    throw new UsageError(`${ending} holds light, which is merged with --hdr; without it a picture ends in ${EXTENSIONS.join(', ')}.`);
  }
  if (!HDR_EXTENSIONS.includes(ending)) throw new UsageError(`With --hdr a picture ends in ${HDR_EXTENSIONS.join(', ')}; ${ending || 'no ending'} holds no HDR.`);
  const isJpeg = ending === '.jpg' || ending === '.jpeg';
  const look = isJpeg ? undefined : LOOK.find((name) => others[name] !== undefined);
  if (look !== undefined) throw new UsageError(`--${look} is of fused pictures, and ${ending} with --hdr shows light as it was; leave it out, or write a .jpg, whose ordinary picture is fused.`);
  if (transfer !== undefined && ending !== '.avif') throw new UsageError(`--transfer is for .avif: ${ending} has no codes of BT.2100.`);
  return { curve: choice('curve', curve, ASKED, 'srgb'), transfer: choice('transfer', transfer, TRANSFERS, 'pq') };
}

function choice<T extends string>(name: string, given: unknown, choices: readonly T[], fallback: T): T {
  const found = given === undefined ? fallback : choices.find((each) => each === given);
  if (found !== undefined) return found;
  throw new UsageError(`--${name} is one of ${choices.join(', ')}, not ${JSON.stringify(given)}.`, choices, String(given));
}
