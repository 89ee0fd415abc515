/** What is logged of how exposures were lined up. */
import type { LinedUp } from './engine/fusion-task';

export const BECAUSE: Readonly<Record<NonNullable<LinedUp['reason']>, string>> = {
  'lines up': '',
  'dark or clipped': 'too much of it is black or clipped',
  flat: 'it has too little texture',
  ambiguous: 'its pattern repeats, so where it belongs is not sure',
  'many motions': 'its parts move in different ways',
  'no gain': 'no motion makes enough of it agree with the reference',
};

/** @param names of the exposures, in the order of what was found */
export function lineUpNews(found: readonly LinedUp[], names: readonly string[]): string {
  const parts = found.flatMap(({ pixels, reason }, exposure) => {
    const name = names[exposure] ?? '';
    if (pixels > 0) return [`${name} by up to ${pixels.toFixed(1)} pixels`];
    const because = reason && BECAUSE[reason];
    return because ? [`${name} not: ${because}`] : [];
  });
  return parts.length === 0 ? 'The exposures line up as they are.' : `Lined up: ${parts.join('; ')}.`;
}
