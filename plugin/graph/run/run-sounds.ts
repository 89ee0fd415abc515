/** The sounds of a run: a line for each form of each, which outputs listen to, and a pipeline for those that do not come with pictures. */
import type { GraphClock } from '../../core/clocks/graph-clock';
import { SoundLine } from '../../core/sound/sound-line';
import type { Nanoseconds } from '../../core/time';
import { SoundSource } from '../../gstreamer/sound/sound-source';
import type { Hearing } from '../checked-graph';
import type { Plan } from '../plan';

interface SoundContext {
  readonly clock: GraphClock;
  warn(node: string, message: string): void;
}

export class RunSounds {
  readonly #lines = new Map<string, readonly SoundLine[]>();
  readonly #sources: SoundSource[] = [];

  /** @param offset of the running time of files */
  constructor(plan: Plan, context: SoundContext, offset: () => Nanoseconds) {
    for (const { node, origin, forms } of plan.sounds) {
      const lines = forms.map((form) => new SoundLine(form));
      this.#lines.set(node, lines);
      if (origin.kind === 'own') this.#sources.push(new SoundSource(origin, lines, { node, clock: context.clock, offset, warn: (message) => context.warn(node, message) }));
    }
  }

  /** Of a node whose sound somebody takes. */
  of(node: string): readonly SoundLine[] | undefined {
    return this.#lines.get(node);
  }

  heardBy(hearing: Hearing | undefined): SoundLine | undefined {
    return hearing && this.#lines.get(hearing.node)?.find(({ form }) => form === hearing.form);
  }

  /** Resolves when all have begun, or cannot: pictures do not wait for them. */
  async start(): Promise<void> {
    await Promise.all(this.#sources.map((source) => source.start()));
  }

  async stop(): Promise<void> {
    await Promise.all(this.#sources.map((source) => source.stop()));
    for (const line of [...this.#lines.values()].flat()) line.end();
  }
}
