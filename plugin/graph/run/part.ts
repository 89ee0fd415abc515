/**
 * A part of a run's files, with the times that a run of the whole would give. Sources begin a while before it (what a picture is made of
 * has to be found and to settle: partners, a cycle, line-up, cache), and go on a little behind it (a partner may come later); sinks get the
 * pictures of the part alone.
 */
import { filter, type OperatorFunction } from 'rxjs';
import { GstIplError } from '../../core/errors';
import { releaseFrame } from '../../core/frames/release';
import type { Frame } from '../../core/frames/frame';
import type { Nanoseconds } from '../../core/time';
import type { Part, Plan } from '../plan';

/** What is to be read of the files. */
export function stretchOf({ from, until, leadIn, leadOut }: Part): { start: Nanoseconds; stop: Nanoseconds | undefined } {
  return { start: from > leadIn ? from - leadIn : 0n, stop: until === undefined ? undefined : until + leadOut };
}

export function ofPart({ from, until }: Part): OperatorFunction<Frame, Frame> {
  return filter((frame) => {
    if (frame.runningTime >= from && (until === undefined || frame.runningTime < until)) return true;
    releaseFrame(frame);
    return false;
  });
}

/** @throws GstIplError `bad-usage` for a graph of which no part can be run */
export function checkPart({ nodes, pipelines, stages, unhurried, sounds }: Plan): void {
  const wrong = (node: string | undefined, why: string): GstIplError =>
    new GstIplError('bad-usage', `A part of this graph cannot be run: ${why}.`, { place: { node }, hint: 'It is for graphs that read files once, and end in `sink`.' });
  const live = nodes.find(({ name, from }) => from.length === 0 && !unhurried.has(name));
  if (live) throw wrong(live.name, `"${live.name}" is no file that is played once`);
  const end = stages.find(({ element }) => element.output === 'none');
  if (end) throw wrong(end.name, `"${end.name}" takes all that comes`);
  const [direct] = pipelines.flatMap(({ inlet, sinks }) => (inlet ? [] : sinks));
  if (direct !== undefined) throw wrong(direct, `"${direct}" takes its pictures inside of GStreamer`);
  if (sounds.length > 0) throw wrong(undefined, 'it has sound');
}
