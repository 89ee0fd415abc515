import type { Look } from '../ipl/engine/look';

export interface FuseSettings {
  readonly align: boolean;
  /** To what all pictures show, where they were lined up. */
  readonly crop: boolean;
  readonly look: Look;
  /** Which of the files is the reference; undefined for the middle one. */
  readonly reference: string | undefined;
  /** What made the picture, for its notes. */
  readonly software: string;
  readonly tell: (message: string) => void;
  /** Hears which share of the work is done. */
  readonly progress?: (share: number) => void;
}
