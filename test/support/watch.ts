/** Looks at what a node gives, in a graph. */
import { tap, type Observable } from 'rxjs';
import { defineElement, type Frame, type StageElement } from '../../plugin';

/** An element `watch` that hands frames on. */
export function watchElement(look: (frame: Frame) => void): StageElement {
  return defineElement({
    kind: 'stage',
    name: 'watch',
    summary: 'Shows frames to a test.',
    input: { min: 1, max: 1, medium: 'frames' },
    output: 'frames',
    options: {},
    example: 'seen: { use: watch, from: fused }',
    create: () => ({ connect: ([frames]) => (frames as Observable<Frame>).pipe(tap(look)) }),
  });
}
