/** What is merged into one HDR picture. */
import type { Colorimetry } from '../../core/frames/colorimetry';
import type { PlaneLayout } from '../../core/frames/video-layout';
import type { Cover } from '../kernels';
import type { CurveName } from './curves';
import type { DisplaySettings } from './display';

/** What a merge is asked for, whatever the pictures are. */
export interface HdrSettings extends DisplaySettings {
  readonly curve: CurveName;
}

export interface MergeTask {
  /** Dark to bright. */
  readonly payloads: readonly Uint8Array[];
  readonly layout: PlaneLayout;
  readonly colorimetry: Pick<Colorimetry, 'range' | 'matrix'>;
  /** By exposure, what it covers once it was lined up; undefined: all. */
  readonly covers?: readonly (Cover | undefined)[] | undefined;
  /** Index into `payloads`. */
  readonly reference: number;
  readonly settings: HdrSettings;
  /** Which of the graph's exposures each is, from dark to bright, those that this set lacks counted. */
  readonly places: readonly number[];
  /** EV of all of the graph's exposures, dark to bright. */
  readonly declared: readonly number[];
}
