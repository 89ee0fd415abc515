/**
 * The viewers of one chain, in the server's thread: each waits for the newest instant that it has not seen, of the streams that it
 * shows. However many wait, the frame thread is asked once, for all of them.
 */
import type { Pictures } from './picture-packet';
import { WAIT_MS, type PicturesQuestion } from './pictures-question';

/** More browsers than watch one chain at a time. */
const MOST_WAITING = 32;

interface Viewer extends PicturesQuestion {
  resolve(pictures: Pictures | undefined): void;
  reject(error: Error): void;
}

export class Viewers {
  readonly #ask: (question: PicturesQuestion) => Promise<Pictures | undefined>;
  readonly #waiting = new Set<Viewer>();
  #asking = false;

  constructor(ask: (question: PicturesQuestion) => Promise<Pictures | undefined>) {
    this.#ask = ask;
  }

  /** Whether no more viewers can wait. */
  get busy(): boolean {
    return this.#waiting.size >= MOST_WAITING;
  }

  /**
   * The newest instant after the one that the viewer has; undefined when none comes in time.
   * @param signal aborts when the viewer is gone
   */
  next({ after, streams }: PicturesQuestion, signal?: AbortSignal): Promise<Pictures | undefined> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(viewer);
      };
      const viewer: Viewer = {
        after,
        streams,
        resolve: (pictures) => (end(), resolve(pictures)),
        reject: (error) => (end(), reject(error)),
      };
      const timer = setTimeout(() => viewer.resolve(undefined), WAIT_MS);
      signal?.addEventListener('abort', () => viewer.resolve(undefined), { once: true });
      this.#waiting.add(viewer);
      void this.#serve();
    });
  }

  async #serve(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    try {
      while (this.#waiting.size > 0) {
        const waiting = [...this.#waiting];
        const streams = [...new Set(waiting.flatMap((viewer) => viewer.streams))];
        const pictures = await this.#ask({ after: Math.min(...waiting.map(({ after }) => after)), streams });
        if (pictures) this.#deliver(pictures, streams);
      }
    } catch (error) {
      for (const viewer of this.#waiting) viewer.reject(error as Error);
    } finally {
      this.#asking = false;
    }
  }

  /** Those who came meanwhile may have asked for other streams, and wait on. */
  #deliver(pictures: Pictures, asked: readonly number[]): void {
    for (const viewer of this.#waiting) {
      if (pictures.sequence > viewer.after && viewer.streams.every((stream) => asked.includes(stream))) viewer.resolve(pictures);
    }
  }
}
