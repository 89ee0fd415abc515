/** A pipeline's bus: one listener, in the order in which elements post. */
import { readMessage, type BusMessage } from './bus-message';
import { elsewhere, type Library, type Pointer } from './library';

const FOREVER = 0xffffffffffffffffn;
/** Our own messages: for whoever waits for one, and for whoever wants to know how far it was read. */
const STOPPED = 'stopped';
const CAUGHT_UP = 'caught-up';

export class NativeBus {
  readonly #library: Library;
  readonly #pointer: Pointer;
  #listening = false;
  #stopped = false;
  /** Who waits for a message of ours, in the order in which they lie on the bus. */
  readonly #behind: (() => void)[] = [];

  constructor(library: Library, pipeline: Pointer) {
    this.#library = library;
    this.#pointer = library.gst_element_get_bus(pipeline) as Pointer;
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  get listens(): boolean {
    return this.#listening;
  }

  /** Gives messages until it is stopped. Resolves when none is in hand any more. */
  async listen(callback: (message: BusMessage) => void): Promise<void> {
    this.#listening = true;
    const library = this.#library;
    while (!this.#stopped) {
      const message = await elsewhere<Pointer | null>(library.gst_bus_timed_pop, this.#pointer, FOREVER);
      if (message === null) continue;
      const read = this.#stopped ? undefined : readMessage(library, message);
      library.gst_mini_object_unref(message);
      if (read?.type === 'application' && read.name === CAUGHT_UP) this.#behind.shift()?.();
      else if (read) callback(read);
    }
    this.#behind.splice(0).forEach((resolve) => resolve());
  }

  /** Resolves when all that lies on it by now was listened to, however late threads get a processor; at once where nobody listens. */
  caughtUp(): Promise<void> {
    if (!this.#listening || this.#stopped) return Promise.resolve();
    return new Promise((resolve) => {
      this.#behind.push(resolve);
      this.#post(CAUGHT_UP);
    });
  }

  /** Nobody listens any more. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    if (this.#listening) this.#post(STOPPED);
  }

  free(): void {
    // Messages that nobody took hold the elements that sent them.
    this.#library.gst_bus_set_flushing(this.#pointer, 1);
    this.#library.gst_object_unref(this.#pointer);
  }

  #post(name: string): void {
    this.#library.gst_bus_post(this.#pointer, this.#library.gst_message_new_application(null, this.#library.gst_structure_new_empty(name)));
  }
}
