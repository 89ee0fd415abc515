/** The sounds of a run: a line for each, which outputs listen to, and a pipeline for those that do not come with pictures. */
import type { GraphClock } from '../../core/clocks/graph-clock';
import { SoundLine } from '../../core/sound/sound-line';
import type { Nanoseconds } from '../../core/time';
import { SoundSource } from '../../gstreamer/sound/sound-source';
import type { Plan } from '../plan';

interface SoundContext {
  readonly clock: GraphClock;
  warn(node: string, message: string): void;
}

export class RunSounds {
  readonly #lines = new Map<string, SoundLine>();
  readonly #sources: SoundSource[] = [];

  /** @param offset of the running time of files */
  constructor(plan: Plan, context: SoundContext, offset: () => Nanoseconds) {
    for (const { node, origin } of plan.sounds) {
      const line = new SoundLine();
      this.#lines.set(node, line);
      if (origin.kind === 'own') this.#sources.push(new SoundSource(origin, line, { node, clock: context.clock, offset, warn: (message) => context.warn(node, message) }));
    }
  }

  of(node: string | undefined): SoundLine | undefined {
    return node === undefined ? undefined : this.#lines.get(node);
  }

  /** Resolves when all have begun, or cannot: pictures do not wait for them. */
  async start(): Promise<void> {
    await Promise.all(this.#sources.map((source) => source.start()));
  }

  async stop(): Promise<void> {
    await Promise.all(this.#sources.map((source) => source.stop()));
    for (const line of this.#lines.values()) line.end();
  }
}
