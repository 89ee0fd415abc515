/**
 * Where pictures wait without V8 counting their memory. It collects garbage whenever what it counts has grown by 64 MB since it
 * was least, and a queue that holds two sets of 4K goes up and down by more than that all the time. What lies in a message
 * channel is not counted.
 *
 * Pictures come back in the order in which they were parked; those in front of one that is asked for come out with it.
 */
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { release } from './release';

/** More than this wait in nobody's queue by default; the oldest then comes out, and is counted, or is free where it was dropped. */
const MOST = 8;

interface Place {
  payload: Uint8Array | undefined;
}

export class Parking {
  readonly #channel = new MessageChannel();
  /** Weak, so that a frame that was dropped in some queue can be told from one that is still wanted. */
  readonly #places: WeakRef<Place>[] = [];
  #closed = false;

  /** @returns what gives the payload back: always the same, once it was asked for */
  park(payload: Uint8Array): () => Uint8Array {
    const place: Place = { payload: undefined };
    if (this.#closed) return () => payload;
    this.#channel.port1.postMessage(payload, [payload.buffer as ArrayBuffer]);
    this.#places.push(new WeakRef(place));
    if (this.#places.length > MOST) this.#next();
    return () => {
      while (place.payload === undefined) this.#next();
      return place.payload;
    };
  }

  /** Nothing more is parked; what still waits can be had. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    while (this.#places.length > 0) this.#next();
    this.#channel.port1.close();
  }

  #next(): void {
    const place = this.#places.shift()?.deref();
    const payload = receiveMessageOnPort(this.#channel.port2)?.message as Uint8Array | undefined;
    if (!payload) throw new TypeError('Nothing is parked here.');
    if (place) place.payload = payload;
    else release(payload);
  }
}
