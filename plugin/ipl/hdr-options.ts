/** What a graph says of HDR pictures. */
import type { InputNames } from '../core/element';
import { GstIplError } from '../core/errors';
import { choiceOption, numberOption, type Option, type OptionsOf } from '../core/options';
import type { Look } from './engine/look';
import { CURVES, type CurveName } from './hdr/curves';
import { PRIMARIES } from './hdr/primaries';
import { HLG_PEAK } from './hdr/transfer';
import { changedLook } from './look-options';

/** EV of the branches, in the order in which they are given. */
const evOption: Option<readonly number[] | undefined> = {
  summary: 'For HDR: EV of the exposures, in the order of the branches, such as [-2, 0, 2]. The exact values are measured in the frames.',
  syntax: '[numbers]',
  fallback: undefined,
  defaultText: 'none: HDR cannot do without',
  required: false,
  schema: { type: 'array', items: { type: ['number', 'string'], minimum: -16, maximum: 16 }, minItems: 2, maxItems: 5 },
  code: 'readonly number[]',
  read(value) {
    const numbers = Array.isArray(value) ? value.map(Number) : [];
    const fits = numbers.length >= 2 && numbers.length <= 5 && numbers.every((ev) => Math.abs(ev) <= 16) && new Set(numbers).size === numbers.length;
    if (fits) return numbers;
    throw new GstIplError('bad-option', `expected a list of two to five different EV such as [-2, 0, 2], but got ${JSON.stringify(value)}.`);
  },
};

export const hdrOptions = {
  output: choiceOption({
    summary: 'What comes out: `sdr`, or light of BT.2100 in 10 bits, as `hlg` or `pq`.',
    choices: ['sdr', 'hlg', 'pq'],
    default: 'sdr',
    defaultText: 'sdr: every screen shows it',
  }),
  ev: evOption,
  curve: choiceOption({
    summary: 'For HDR: transfer function of the cameras. A wrong one costs more than wrong exposure times.',
    choices: ['undeclared', ...CURVES],
    default: 'undeclared',
    defaultText: 'none: HDR cannot do without',
  }),
  peak: numberOption({
    summary: 'For HDR: the brightest light shown, cd/m2. What is brighter is rolled off to it.',
    default: HLG_PEAK,
    min: 300,
    max: 10_000,
    defaultText: '1000: what HLG is made for, and most HDR screens',
  }),
  referenceWhite: numberOption({
    summary: 'For HDR: how bright the white of the reference exposure is shown, cd/m2.',
    default: 203,
    min: 80,
    max: 1000,
    defaultText: '203: ITU-R BT.2408',
  }),
  maxFall: numberOption({
    summary: 'For PQ: the most light that a frame has on average, cd/m2, as screens are told (MaxFALL). `gst_ipl_fusion_max_fall` shows what it was so far.',
    default: 0,
    min: 0,
    max: 10_000,
    defaultText: '0: not known, as of a live picture',
  }),
  primaries: choiceOption({
    summary: 'For HDR: primaries of the exposures.',
    choices: ['auto', ...PRIMARIES],
    default: 'auto',
    defaultText: 'auto: what the caps say, and else BT.709',
  }),
};

type Settings = OptionsOf<typeof hdrOptions> & Look & {
  readonly order: 'auto' | readonly string[];
};

/** Settings of HDR that are whole. */
export interface HdrChoice {
  readonly output: 'hlg' | 'pq';
  readonly ev: readonly number[];
  readonly curve: CurveName;
  readonly peak: number;
  readonly referenceWhite: number;
  readonly maxFall: number;
  readonly primaries: (typeof PRIMARIES)[number] | 'auto';
}

const refuse = (message: string, hint: string): GstIplError => new GstIplError('bad-option', message, { hint });

/**
 * @returns undefined for SDR
 * @throws GstIplError `bad-option` where options do not go together
 */
export function hdrChoice(settings: Settings): HdrChoice | undefined {
  const { output, ev, curve, peak, maxFall } = settings;
  if (maxFall > 0 && output !== 'pq') throw refuse(`"maxFall" is for PQ, and the output is ${output}.`, 'Leave "maxFall" out: only PQ tells screens how much light there is.');
  if (output === 'sdr') {
    if (ev || curve !== 'undeclared') throw refuse(`"${ev ? 'ev' : 'curve'}" is for HDR, and the output is sdr.`, 'Write `output: hlg` or `output: pq`, or leave it out.');
    return undefined;
  }
  if (!ev) throw refuse(`${output} is merged by exposure, and "ev" is missing.`, 'Write what the cameras are set to, in the order of the branches: `ev: [-2, 0, 2]`.');
  if (curve === 'undeclared') {
    throw refuse(`${output} is merged by light, and "curve" is missing.`, `Write what the cameras record: one of ${CURVES.join(', ')}. Most record bt709; pictures of telephones and web cameras are srgb.`);
  }
  if (output === 'hlg' && peak > HLG_PEAK) throw refuse(`hlg shows ${HLG_PEAK} cd/m2 at most here, and "peak" is ${peak}.`, 'Write `output: pq` for more, or leave "peak" out.');
  if (maxFall > peak) throw refuse(`No frame has more light on average than at its brightest: "maxFall" is ${maxFall}, and "peak" is ${peak}.`, 'Most films have 100 to 400.');
  refuseOthers(settings);
  return { output, ev, curve, peak, maxFall, referenceWhite: settings.referenceWhite, primaries: settings.primaries };
}

/** What says the same as HDR's own options, or has no meaning beside them. */
function refuseOthers(settings: Settings): void {
  if (settings.order !== 'auto') throw refuse('"order" and "ev" both say which exposure is darker.', 'Leave "order" out.');
  const look = changedLook(settings);
  if (look.length > 0) throw refuse(`${look.map((name) => `"${name}"`).join(' and ')} ${look.length === 1 ? 'is' : 'are'} for SDR: HDR shows all light as it was.`, `Leave ${look.length === 1 ? 'it' : 'them'} out.`);
}

/** @throws GstIplError `bad-option` */
export function checkEv({ ev }: HdrChoice, { branches }: Pick<InputNames, 'branches'>): void {
  if (branches.length === 0 || branches.length === ev.length) return;
  throw refuse(`"ev" has ${ev.length} numbers, and there are ${branches.length} exposures: ${branches.join(', ')}.`, 'Write one for each, in this order.');
}
