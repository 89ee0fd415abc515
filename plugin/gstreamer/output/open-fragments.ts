/**
 * Knows when a pipeline has come to its end. A splitmuxsink that finishes its files beside (`async-finalize`) may let the end of
 * the stream pass while one is not closed yet, and a pipeline that is stopped then loses the rest of it.
 */
import type { PipelineEvent } from '../pipeline';

export class OpenFragments {
  readonly #open = new Set<unknown>();
  #eos = false;

  onEvent(event: PipelineEvent): void {
    if (event.type === 'eos') this.#eos = true;
    if (event.type !== 'element') return;
    const { location } = event.fields;
    if (event.name === 'splitmuxsink-fragment-opened') this.#open.add(location);
    if (event.name === 'splitmuxsink-fragment-closed') this.#open.delete(location);
  }

  /** All that was begun is finished, and nothing more comes. */
  get ended(): boolean {
    return this.#eos && this.#open.size === 0;
  }
}
