/** Items that several nodes receive: nobody may change their payloads. */
import { deriveFrame, type Item } from '../../core/frames/frame';
import type { Plan } from '../plan';

/** How many receive the very items of a stage: stages, and the pipeline that its fragments share. */
export function readersOf(plan: Plan, name: string): number {
  const stages = plan.stages.filter(({ from }) => from.includes(name)).length;
  return stages + plan.pipelines.filter(({ inlet }) => inlet?.from === name).length;
}

export function markShared(item: Item): Item {
  if (item.kind === 'frame') return deriveFrame(item, { shared: true });
  return { ...item, frames: item.frames.map((frame) => deriveFrame(frame, { shared: true })) };
}
