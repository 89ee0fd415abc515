/** Sound that comes by the same connection as pictures, with their times. */
import type { SoundLine, SoundPacket } from '../core/sound/sound-line';
import type { Nanoseconds } from '../core/time';
import type { GstPipeline } from '../gstreamer/pipeline';
import { SoundOutlet } from '../gstreamer/sound/sound-outlet';

/**
 * @param placed where on the clock of the graph is what has a running time of the pipeline; undefined where that is not known yet
 * @param canBeHeld it is read, and waits where nobody takes it
 * @returns an outlet for each form
 */
export function besidePictures(pipeline: GstPipeline, lines: readonly SoundLine[], placed: (time: Nanoseconds) => Nanoseconds | undefined, canBeHeld: boolean): SoundOutlet[] {
  return lines.map((line) => {
    line.canBeHeld = canBeHeld;
    const give = (packet: SoundPacket): void => {
      const runningTime = placed(packet.runningTime);
      if (runningTime !== undefined && runningTime >= 0n) line.push({ ...packet, runningTime });
    };
    return new SoundOutlet(pipeline, line, give, canBeHeld);
  });
}
