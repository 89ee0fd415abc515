import type { Look } from '../ipl/engine/look';
import type { HdrWriting } from './hdr/write-hdr';
import type { AvifBits } from './still-formats';

export interface FuseSettings {
  readonly align: boolean;
  /** To what all pictures show, where they were lined up. */
  readonly crop: boolean;
  readonly look: Look;
  /** Which of the files is the reference; undefined for the middle one. */
  readonly reference: string | undefined;
  /** What made the picture, for its notes. */
  readonly software: string;
  /** Light instead of a fused picture (hdr/); undefined for none. */
  readonly hdr?: HdrWriting | undefined;
  /** Of an AVIF of deep pictures: 10 by default. */
  readonly avifBits?: AvifBits | undefined;
  readonly tell: (message: string) => void;
  /** Hears which share of the work is done. */
  readonly progress?: (share: number) => void;
}
