/** Reports how a stream's exposures are lined up: metrics always, a log line where something has changed, a condition while cameras move. */
import { conditionsBy, type Condition, type ConditionOf } from '../core/metrics/conditions';
import type { BranchTrack } from './align';
import type { Report } from './fusion-figures';
import { lineUpNews } from './line-up-news';

export interface LineUpFigures {
  warn(message: string): void;
  notify?(message: string): void;
  readonly condition?: ConditionOf | undefined;
  readonly report?: Report | undefined;
}

/** Pixels that are worth a sentence. */
const TOLD = 1;
/** Sets in a row in which cameras that stand side by side move: more than those in which one comes to rest. */
const RESTLESS = 60;

export class LineUpTeller {
  readonly #context: LineUpFigures;
  readonly #conditions: ReturnType<typeof conditionsBy>;
  readonly #restless: Condition;
  readonly #knocked: Condition;
  /** Pixels by branch, as they were logged. */
  readonly #told = new Map<string, number>();
  #moving = 0;

  constructor(context: LineUpFigures) {
    this.#context = context;
    this.#conditions = conditionsBy(context);
    this.#restless = this.#conditions('restless', { holds: true });
    this.#knocked = this.#conditions('knocked', { holds: true });
  }

  close(): void {
    this.#conditions.close();
  }

  notify(message: string): void {
    this.#context.notify?.(message);
  }

  /** @param tracks of the branches, in the order of the names; the reference has none */
  tell({ names, oneCamera }: { readonly names: readonly string[]; readonly oneCamera: boolean }, tracks: readonly (BranchTrack | undefined)[]): void {
    for (const [exposure, track] of tracks.entries()) {
      if (!track) continue;
      const branch = names[exposure] ?? '';
      this.#context.report?.('fusion_alignment_pixels', track.pixels, { branch });
      this.#context.report?.('fusion_alignment_confidence', track.confidence, { branch });
    }
    const moving = tracks.flatMap((track, exposure) => (track?.state === 'followed' ? [names[exposure] ?? ''] : []));
    if (!oneCamera) this.#tellRestless(moving);
    this.#tellKnocked(names, tracks);
    if (moving.length === 0) this.#tellChange(names, tracks);
  }

  /** One camera that takes exposures in turns moves as it likes. */
  #tellRestless(moving: readonly string[]): void {
    this.#moving = moving.length === 0 ? 0 : this.#moving + 1;
    if (this.#moving === RESTLESS) this.#restless.raise(`Cameras move against each other (${moving.join(', ')}): each frame is lined up anew, which takes longer. Is the rig firm?`);
    if (this.#moving === 0) this.#restless.end('The cameras have come to rest.');
  }

  /** What the rig's file says is not so any more. */
  #tellKnocked(names: readonly string[], tracks: readonly (BranchTrack | undefined)[]): void {
    const known = tracks.flatMap((track, exposure) => (track?.astray === undefined ? [] : [{ name: names[exposure] ?? '', pixels: track.astray }]));
    const apart = known.filter(({ pixels }) => pixels > 0).map(({ name, pixels }) => `${name} by ${pixels.toFixed(1)} pixels`);
    if (apart.length > 0) this.#knocked.raise(`Cameras do not stand as the rig says: ${apart.join(', ')}. They are lined up as they stand; calibrate the rig anew.`);
    else if (known.length === names.length - 1) this.#knocked.end('The cameras stand as the rig says.');
  }

  #tellChange(names: readonly string[], tracks: readonly (BranchTrack | undefined)[]): void {
    if (tracks.some((track) => track?.state === 'unknown' && track.reason === undefined)) return;
    const changed = tracks.some((track, exposure) => track && Math.abs(track.pixels - (this.#told.get(names[exposure] ?? '') ?? 0)) > TOLD);
    if (!changed) return;
    for (const [exposure, track] of tracks.entries()) if (track) this.#told.set(names[exposure] ?? '', track.pixels);
    this.#context.notify?.(lineUpNews(tracks.map((track) => ({ pixels: track?.pixels ?? 0, reason: track?.reason })), names));
  }
}
