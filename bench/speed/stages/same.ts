/** Gives every picture on as it is, so that what is measured is the way through Node. */
import { defineElement, ONE_STREAM } from '../../../plugin';

export const element = defineElement({
  kind: 'stage',
  name: 'same',
  summary: 'Every picture as it is.',
  input: ONE_STREAM,
  output: 'frames',
  options: {},
  example: 'same: { use: ./same.ts, from: source }',
  create: () => ({ connect: ([frames]) => frames }),
});
