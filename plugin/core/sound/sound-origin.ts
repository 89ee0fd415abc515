/** Where the sound of a source comes from. */
import type { Nanoseconds } from '../time';
import type { SoundForm } from './sound-line';

/** What is asked of a source beside its pictures. */
export interface SoundReading {
  readonly picturesRead: boolean;
  readonly forms: readonly SoundForm[];
}

export type SoundOrigin =
  /** With its pictures, by the same connection: the stage gives it to `StageContext.givesSound`. */
  | { readonly kind: 'beside-pictures' }
  /** By a pipeline of its own, so that a microphone that fails costs no picture. */
  | { readonly kind: 'own'; readonly launch: string; readonly link: '!' | ':'; readonly restart: SoundRestart | undefined };

/** The pauses between starts that fail. */
export interface SoundRestart {
  readonly delay: Nanoseconds;
  readonly longest: Nanoseconds;
  readonly attempts: number;
}
