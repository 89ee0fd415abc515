/**
 * Encrypts for a GStreamer element that cannot be given certificates: it listens on this machine, and passes what comes to the
 * other end by a connection that Node makes and checks. Who else on this machine finds the port gets no further than to the
 * other end's own login.
 *
 * It has a thread of its own: GStreamer says goodbye to the other end, and waits for its answer, in the main thread.
 */
import { once } from 'node:events';
import path from 'node:path';
import type { Worker } from 'node:worker_threads';
import { startThread } from '../../core/thread';
import type { Peer } from './peer';

export class TlsRelay {
  readonly #peer: Peer;
  #worker: Worker | undefined;
  #port: number | undefined;

  constructor(peer: Peer) {
    this.#peer = peer;
  }

  /** @throws TypeError before `listen` has resolved */
  get port(): number {
    if (this.#port === undefined) throw new TypeError('The relay does not listen yet.');
    return this.#port;
  }

  async listen(): Promise<void> {
    this.#worker = startThread(path.join(__dirname, 'tls-relay-thread'), { workerData: this.#peer });
    [this.#port] = (await once(this.#worker, 'message')) as [number];
    this.#worker.unref();
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
  }
}
