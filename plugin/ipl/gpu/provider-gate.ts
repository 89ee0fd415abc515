/**
 * Who of the workers has the provider: one, because two threads at once on WebGPU end the process. The others wait, and
 * begin to work only when the provider is given up: by who has it, or by the main thread, when that one dies or does not come
 * back from it. And how workers report it.
 */
import { randomUUID } from 'node:crypto';
import { BroadcastChannel } from 'node:worker_threads';
import { ProviderWatch, WATCH_WORDS } from './provider-watch';

/** Word of the shared memory: nobody has it, nobody will, or the number of the thread that has it. */
const OWNER = 0;
const FREE = 0;
const GIVEN_UP = -1;

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
  readonly #onNote: (note: Note) => void;
  #watch: ProviderWatch | undefined;

  constructor(provider: string, onNote: (note: Note) => void = () => undefined) {
    this.settings = { provider, state: new SharedArrayBuffer(4 * WATCH_WORDS), channel: `gst-ipl provider ${randomUUID()}` };
    if (provider === 'cpu') giveUpProvider(this.settings);
    this.#onNote = onNote;
    this.#channel = new BroadcastChannel(this.settings.channel);
    this.#channel.onmessage = (event) => onNote((event as { data: Note }).data);
    (this.#channel as unknown as { unref(): void }).unref();
  }

  /** @param onHang called when a thread does not come back from the provider, which is then given up; it may keep waiting there */
  watch(onHang: (thread: number, reason: string) => void): void {
    const { provider, state } = this.settings;
    if (isGivenUp(this.settings)) return;
    this.#watch = new ProviderWatch(state, (thread, milliseconds) => {
      this.giveUp();
      const device = provider === 'auto' ? 'the GPU' : provider;
      const reason = `${device} did not come back within ${(milliseconds / 1000).toFixed(1)} s`;
      this.#onNote({ level: 'warn', message: `${reason[0]?.toUpperCase()}${reason.slice(1)}, so fusion goes on with the CPU.` });
      onHang(thread, reason);
    });
  }

  /** A thread has ended, perhaps because of the provider: if it had it, the next try is the CPU's. */
  ended(thread: number): void {
    const words = new Int32Array(this.settings.state);
    if (Atomics.load(words, OWNER) === thread) this.giveUp();
  }

  giveUp(): void {
    this.#watch?.close();
    giveUpProvider(this.settings);
  }

  close(): void {
    this.giveUp();
    this.#channel.close();
  }
}

/**
 * In a worker: waits until the provider is free or given up. Blocks the thread.
 * @param thread its number, above 0
 * @returns whether this worker has it
 */
export function claimProvider({ state }: GateSettings, thread: number): boolean {
  const words = new Int32Array(state);
  for (;;) {
    const owner = Atomics.compareExchange(words, OWNER, FREE, thread);
    if (owner === FREE) return true;
    if (owner === GIVEN_UP) return false;
    Atomics.wait(words, OWNER, owner);
  }
}

/** Whether this worker still has it: who came back too late has not. */
export function hasProvider({ state }: GateSettings, thread: number): boolean {
  return Atomics.load(new Int32Array(state), OWNER) === thread;
}

/** The other workers may begin, on the CPU. */
export function giveUpProvider({ state }: GateSettings): void {
  const words = new Int32Array(state);
  Atomics.store(words, OWNER, GIVEN_UP);
  Atomics.notify(words, OWNER);
}

function isGivenUp({ state }: GateSettings): boolean {
  return Atomics.load(new Int32Array(state), OWNER) === GIVEN_UP;
}

/** In a worker. */
export function postNote({ channel }: GateSettings, note: Note): void {
  const sender = new BroadcastChannel(channel);
  sender.postMessage(note);
  sender.close();
}
