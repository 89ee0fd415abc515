/** How far the pictures of a run have come: whether there are any, up to what time, and which nodes gave some. */
import type { Frame } from '../../core/frame';
import type { Nanoseconds } from '../../core/time';

export class RunProgress {
  readonly #emitters = new Set<string>();
  readonly #onPicture: (isFirst: boolean) => void;
  #flowing = false;
  #end: Nanoseconds = 0n;

  /** @param onPicture called for each picture that comes into the graph */
  constructor(onPicture: (isFirst: boolean) => void) {
    this.#onPicture = onPicture;
  }

  /** A first picture has come into the graph, or will never show that it did. */
  get flowing(): boolean {
    return this.#flowing;
  }

  /** Running time at which the last picture ends. */
  get end(): Nanoseconds {
    return this.#end;
  }

  /** A picture came into the graph: out of GStreamer, or from a stage that is a source. */
  entered(node: string, { runningTime, duration = 0n }: Frame): void {
    this.#emitters.add(node);
    if (runningTime + duration > this.#end) this.#end = runningTime + duration;
    this.#advance();
  }

  /** All of it is GStreamer's work: no picture will show that it runs. */
  runsUnseen(): void {
    this.#advance();
  }

  /** A stage gave something. */
  emitted(node: string): void {
    this.#emitters.add(node);
  }

  /** Names of the nodes that gave something. */
  get emitters(): ReadonlySet<string> {
    return this.#emitters;
  }

  #advance(): void {
    const isFirst = !this.#flowing;
    this.#flowing = true;
    this.#onPicture(isFirst);
  }
}
