/** Which branch is the darker one, and which decides where things are. */
import { GstIplError } from '../core/errors';
import type { ExposureSet } from '../core/frame';
import { nearest } from '../core/nearest';
import { meanLuma } from './kernels';

export interface ExposureOrder {
  /** Indices of the set's frames, dark to bright. */
  readonly order: readonly number[];
  /** Index into `order`. */
  readonly reference: number;
}

export interface OrderSettings {
  readonly order: 'auto' | readonly string[];
  readonly reference: string;
}

/** @throws GstIplError `bad-exposures` when the names do not fit the branches. */
export function checkOrder(settings: OrderSettings, branches: readonly string[]): void {
  const known = (name: string, option: string): void => {
    if (branches.includes(name)) return;
    const near = nearest(name, branches);
    throw new GstIplError('bad-exposures', `Option "${option}" names "${name}", which is not a branch.`, {
      hint: near ? `Did you mean "${near}"?` : `The branches are ${branches.join(', ')}.`,
    });
  };
  if (settings.reference !== 'middle') known(settings.reference, 'reference');
  if (settings.order === 'auto') return;
  for (const name of settings.order) known(name, 'order');
  if (settings.order.length !== branches.length) {
    throw new GstIplError(
      'bad-exposures',
      `Option "order" declares ${settings.order.length} exposures, but there are ${branches.length}: ${branches.join(', ')}.`,
      { hint: 'Name every branch once, from dark to bright.' },
    );
  }
}

/** Orders by declaration, or by mean luma: every camera curve keeps a longer exposure brighter. */
export function orderExposures(set: ExposureSet, settings: OrderSettings): ExposureOrder {
  const order = settings.order === 'auto' ? byMeanLuma(set) : settings.order.map((name) => set.branches.indexOf(name));
  // The middle exposure has the most detail on both sides; of two middle ones the darker, whose highlights are whole.
  const middle = Math.floor((order.length - 1) / 2);
  const named = order.indexOf(set.branches.indexOf(settings.reference));
  return { order, reference: settings.reference === 'middle' ? middle : named };
}

function byMeanLuma(set: ExposureSet): number[] {
  const means = set.frames.map(({ payload, caps }) => meanLuma(payload, caps.layout));
  return set.frames.map((_, index) => index).sort((a, b) => (means[a] ?? 0) - (means[b] ?? 0));
}
