/** How many threads fuse: a number, or one for every core. */
import { availableParallelism } from 'node:os';
import { GstIplError } from '../core/errors';
import type { Option } from '../core/options';

/**
 * Every thread is one more frame in work, and so one more frame of latency. Two are what the inlet announces to GStreamer's
 * sinks (LATENCY_FRAMES in gstreamer/inlet.ts), and enough for 4K at more than 30 frames/s; a file in, file out chain may
 * have all cores.
 */
const MOST_BY_DEFAULT = 2;

const MOST = 16;

const auto = (): number => Math.min(availableParallelism(), MOST_BY_DEFAULT);

export const threadsOption: Option<number> = {
  summary: 'Worker threads, and so frames in work at a time. Each adds throughput, and a frame of latency.',
  syntax: `auto | a whole number from 1 to ${MOST}`,
  fallback: auto(),
  defaultText: `auto: one a core, at most ${MOST_BY_DEFAULT}, which keeps the latency within two frames`,
  required: false,
  schema: { oneOf: [{ const: 'auto' }, { type: 'integer', minimum: 1, maximum: MOST }] },
  read(value) {
    if (value === 'auto') return auto();
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    if (typeof number === 'number' && Number.isInteger(number) && number >= 1 && number <= MOST) return number;
    const shown = JSON.stringify(value) ?? String(value);
    throw new GstIplError('bad-option', `expected auto or a whole number from 1 to ${MOST}, but got ${shown}.`);
  },
};
