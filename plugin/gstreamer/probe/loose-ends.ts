/**
 * Fragments that begin without a source or end without a sink: GStreamer takes them, and the pipeline stands still, or fails as
 * "not-linked" when the first picture comes.
 */
import { elementsOf } from '../launch/launch';
import type { LaunchFinding } from '../launch/launch-error';

/** What the probe saw of a pipeline that was parsed. */
export interface Ends {
  /** Whether it has an element that GStreamer counts as a source, and as a sink. */
  readonly source: boolean;
  readonly sink: boolean;
  /** Of each element in the order of the fragment: whether a pad that it has leads nowhere. */
  readonly loose: readonly { readonly sink: boolean; readonly src: boolean }[];
}

interface Expected {
  readonly hasInput: boolean;
  readonly hasOutput: boolean;
}

export function looseEnds(launch: string, { hasInput, hasOutput }: Expected, ends: Ends): LaunchFinding[] {
  const factories = elementsOf(launch).map(({ factory }) => factory);
  const findings: LaunchFinding[] = [];
  const blame = (at: number): Pick<LaunchFinding, 'code' | 'token' | 'skip'> => {
    return { code: 'bad-launch', token: factories[at], skip: factories.slice(0, at).filter((factory) => factory === factories[at]).length };
  };
  // Of elements behind pads that come later (`uridecodebin ! videoconvert`) the first has none.
  if (!hasInput && !ends.source && ends.loose[0]?.sink) {
    findings.push({
      ...blame(0),
      message: `The launch fragment begins with ${factories[0]}, which is no source.`,
      hint: 'Begin with a source element, such as `filesrc location=PATH`, `v4l2src` or `videotestsrc`.',
    });
  }
  const last = ends.loose.map(({ src }) => src).lastIndexOf(true);
  if (!hasOutput && !ends.sink && last >= 0) {
    findings.push({
      ...blame(last),
      message: `The launch fragment ends with ${factories[last]}, which is no sink: the frames would go nowhere.`,
      hint: 'End with a sink element, such as `filesink location=PATH`, `autovideosink` or `fakesink`.',
    });
  }
  return findings;
}
