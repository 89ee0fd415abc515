/** What stands where `ipl` does while a rig is calibrated: reads the same sets, with the same order and reference, and gives nothing. */
import { filter, takeWhile, type Observable } from 'rxjs';
import { defineElement, type Element } from '../core/element';
import type { ExposureSet } from '../core/frames/frame';
import { releaseFrame } from '../core/frames/release';
import { branchesOption, queueOption, textOption } from '../core/options';
import { processQueued } from '../core/queue/process-queued';
import { checkOrder } from '../ipl/exposure-order';
import { Calibration, type CalibrationSettings } from './calibration';

/** Options of `ipl` that say which exposure is the reference. */
export const KEPT_OPTIONS = ['order', 'reference'] as const;

/** @param onCalibration hears of what looks, before the first picture */
export function calibrateElement(seconds: number, onCalibration: (calibration: Calibration) => void): Element {
  return defineElement({
    kind: 'stage',
    name: 'calibrate',
    summary: 'Finds how the cameras of a rig lie.',
    input: { min: 1, max: 1, medium: 'exposures' },
    output: 'none',
    options: {
      order: branchesOption({ summary: 'As of ipl.', default: 'auto' }),
      reference: textOption({ summary: 'As of ipl.', default: 'middle' }),
      queue: queueOption('Sets that are looked at.', { capacity: 1, policy: 'block' }),
    },
    example: 'fused: { use: calibrate, from: set }',
    check: (settings, { branches }) => {
      if (branches.length > 0) checkOrder(settings, branches);
    },
    create: ({ queue, ...settings }, context) => {
      const calibration = new Calibration({ ...settings, seconds } satisfies CalibrationSettings, (message) => context.warn(message));
      onCalibration(calibration);
      return {
        ready: () => calibration.start(),
        connect: ([sets]) => (sets as Observable<ExposureSet>).pipe(
          takeWhile((set) => !calibration.isOver(set)),
          filter((set) => calibration.wants(set) || (set.frames.forEach(releaseFrame), false)),
          processQueued(async (set: ExposureSet) => {
            await calibration.look(set);
            return set;
          }, queue),
        ),
        close: () => calibration.close(),
      };
    },
  });
}
