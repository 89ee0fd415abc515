/**
 * Who of the workers has the provider: one, because two threads at once on WebGPU end the process. The others wait, and
 * begin to work only when the provider is given up. And how workers tell people about it.
 */
import { randomUUID } from 'node:crypto';
import { BroadcastChannel } from 'node:worker_threads';

const FREE = 0;
const TAKEN = 1;
const GIVEN_UP = 2;

/** Passes to workers. */
export interface GateSettings {
  /** As the option says it. */
  readonly provider: string;
  readonly state: SharedArrayBuffer;
  /** Name of the channel for notes. */
  readonly channel: string;
}

export interface Note {
  readonly level: 'notify' | 'warn';
  readonly message: string;
}

/** The main thread's side. */
export class ProviderGate {
  readonly settings: GateSettings;
  readonly #channel: BroadcastChannel;

  constructor(provider: string, onNote: (note: Note) => void = () => undefined) {
    this.settings = { provider, state: new SharedArrayBuffer(4), channel: `gst-ipl provider ${randomUUID()}` };
    if (provider === 'cpu') giveUpProvider(this.settings);
    this.#channel = new BroadcastChannel(this.settings.channel);
    this.#channel.onmessage = (event) => onNote((event as { data: Note }).data);
    (this.#channel as unknown as { unref(): void }).unref();
  }

  /** A worker died, perhaps of the provider: the next try is the CPU's. */
  giveUp(): void {
    giveUpProvider(this.settings);
  }

  close(): void {
    this.giveUp();
    this.#channel.close();
  }
}

/**
 * In a worker: waits until the provider is free or given up. Blocks the thread.
 * @returns whether this worker has it
 */
export function claimProvider({ state }: GateSettings): boolean {
  const word = new Int32Array(state);
  if (Atomics.compareExchange(word, 0, FREE, TAKEN) === FREE) return true;
  Atomics.wait(word, 0, TAKEN);
  return false;
}

/** The other workers may begin, on the CPU. */
export function giveUpProvider({ state }: GateSettings): void {
  const word = new Int32Array(state);
  Atomics.store(word, 0, GIVEN_UP);
  Atomics.notify(word, 0);
}

/** In a worker. */
export function tellNote({ channel }: GateSettings, note: Note): void {
  const sender = new BroadcastChannel(channel);
  sender.postMessage(note);
  sender.close();
}
