/** What of the fusion may be changed while it runs. */
import type { LiveParameter } from '../core/live-parameters';
import { NATURAL, type Look } from './engine/look';

/** As in Look, and: */
export interface Controls extends Look {
  /** The fused picture stands still; time goes on. */
  readonly freeze: boolean;
  /** Fused frames carry a weight map. */
  readonly weights: boolean;
}

/** As it is when nobody touches it. */
export const CONTROLS: Controls = { ...NATURAL, freeze: false, weights: false };

/** The controls as the graph's live parameters. @param controls is what they change; as it is now is their default */
export function liveParameters(controls: { -readonly [Name in keyof Controls]: Controls[Name] }): LiveParameter[] {
  const number = (name: keyof Look, summary: string, range: { min: number; max: number; unit?: string }): LiveParameter => ({
    kind: 'number',
    name,
    summary,
    ...range,
    default: controls[name],
    get: () => controls[name],
    set: (value) => (controls[name] = value),
  });
  const flag = (name: 'freeze' | 'weights', summary: string): LiveParameter => ({
    kind: 'boolean',
    name,
    summary,
    default: controls[name],
    get: () => controls[name],
    set: (value) => (controls[name] = value),
  });
  return [
    number('strength', 'How much the other exposures add: 1 all that the network asks for, 0 nothing but the reference.', { min: 0, max: 1 }),
    number('highlights', 'How much highlight detail darker exposures add: 1 all that the network asks for, 0 none.', { min: 0, max: 1 }),
    number('shadows', 'How much shadow detail brighter exposures add: 1 all that the network asks for, 0 none.', { min: 0, max: 1 }),
    number('bias', 'Prefers the brighter exposures (above 0) or the darker ones (below).', { min: -2, max: 2, unit: 'EV' }),
    number('saturation', 'Strength of the colours: 1 as they are, 0 grey.', { min: 0, max: 2 }),
    number('denoise', 'Edge-preserving denoise: 1 by the measured noise, 0 off.', { min: 0, max: 2 }),
    flag('freeze', 'The picture stands still.'),
    flag('weights', 'Fused frames carry a map of how much each exposure gave.'),
  ];
}
