/** Which branch is the darker one, and which decides where things are. */
import { GstIplError } from '../core/errors';
import type { ExposureSet } from '../core/frames/frame';
import { nearest } from '../core/nearest';
import { meanLuma } from './kernels';

export interface ExposureOrder {
  /** Indices of the set's frames, dark to bright. */
  readonly order: readonly number[];
  /** Index into `order`. */
  readonly reference: number;
  /** The branch that decides, also where this set lacks it; undefined where not all branches have been compared yet. */
  readonly referenceBranch: string | undefined;
  /** Names from dark to bright, of branches that this set lacks, too, where they are known. */
  readonly darkToBright: readonly string[];
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

/**
 * Orders by declaration, or by mean luma: every camera curve keeps a longer exposure brighter.
 * @param known the order from dark to bright that holds until the scene changes
 */
export function orderExposures(set: ExposureSet, settings: OrderSettings, known: readonly string[] = []): ExposureOrder {
  const holds = set.branches.every((name) => known.includes(name));
  const declared = settings.order === 'auto' ? undefined : settings.order;
  const darkToBright = declared ?? (holds ? known : byMeanLuma(set));
  const order = darkToBright.flatMap((name) => (set.branches.includes(name) ? [set.branches.indexOf(name)] : []));
  const wanted = set.reference ?? (settings.reference === 'middle' ? middleOf(darkToBright) : settings.reference);
  const compared = [...set.branches, ...(set.missing ?? [])].every((name) => darkToBright.includes(name));
  const decided = set.reference !== undefined || settings.reference !== 'middle' || compared;
  const referenceBranch = decided ? wanted : undefined;
  const reference = order.indexOf(set.branches.indexOf(wanted ?? ''));
  if (reference >= 0) return { order, reference, referenceBranch, darkToBright };
  // The reference is missing from this set.
  return { order, reference: order.indexOf(middleOf(order) ?? 0), referenceBranch, darkToBright };
}

/** The middle exposure has the most detail on both sides; of two middle ones the darker, whose highlights are whole. */
function middleOf<T>(darkToBright: readonly T[]): T | undefined {
  return darkToBright[Math.floor((darkToBright.length - 1) / 2)];
}

function byMeanLuma(set: ExposureSet): string[] {
  const means = set.frames.map(({ payload, caps }) => meanLuma(payload, caps.layout));
  const indices = set.frames.map((_, index) => index).sort((a, b) => (means[a] ?? 0) - (means[b] ?? 0));
  return indices.flatMap((index) => set.branches[index] ?? []);
}
