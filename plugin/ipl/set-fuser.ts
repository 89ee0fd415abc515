/** Fuses exposure sets through a worker: checks them, orders them, and survives the worker's death. */
import { GstIplError } from '../core/errors';
import { deriveFrame, ownPayload, type ExposureSet, type Frame } from '../core/frame';
import { formatTime } from '../core/time';
import { checkOrder, orderExposures, type ExposureOrder, type OrderSettings } from './exposure-order';
import { FusionWorker } from './fusion-worker';

export interface FuserSettings extends OrderSettings {
  readonly model: string;
  readonly slice: number;
}

/** A worker that dies on three sets in a row will die on the next one too. */
const MAX_DEATHS = 3;

export class SetFuser {
  readonly #settings: FuserSettings;
  readonly #warn: (message: string) => void;
  readonly #worker: FusionWorker;
  #order: ExposureOrder | undefined;
  #key = '';
  #deaths = 0;
  #closed = false;

  constructor(settings: FuserSettings, warn: (message: string) => void) {
    this.#settings = settings;
    this.#warn = warn;
    this.#worker = new FusionWorker({ model: settings.model, sliceBands: settings.slice });
  }

  start(): Promise<void> {
    return this.#worker.start();
  }

  /** The next set is treated as the first of a new scene. */
  reset(): void {
    this.#order = undefined;
    this.#worker.reset();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#worker.close();
  }

  /** @returns the fused frame, or undefined when it was lost with a worker that died. */
  async fuse(set: ExposureSet): Promise<Frame | undefined> {
    const { order, reference } = this.#orderOf(set);
    const frames = order.map((index) => set.frames[index]).filter((frame) => frame !== undefined);
    const anchor = frames[reference];
    if (!anchor) throw new GstIplError('bad-exposures', `There is no reference exposure in ${set.branches.join(', ')}.`);
    const { layout, range } = anchor.caps;
    // Copied before the payloads leave for the worker.
    const payloads = frames.map((frame) => transferable(frame));
    try {
      const fused = await this.#worker.fuse({ payloads, layout, range, reference });
      this.#deaths = 0;
      // Another scene may have other cameras' order; the next set decides anew.
      if (fused.sceneCut) this.#order = undefined;
      return deriveFrame(anchor, { payload: fused.payload, shared: false, origins: set.origins });
    } catch (error) {
      if (this.#closed) return undefined;
      await this.#revive(error, anchor);
      return undefined;
    }
  }

  #orderOf(set: ExposureSet): ExposureOrder {
    const [first] = set.frames;
    const key = `${set.branches.join(' ')} ${first?.caps.text}`;
    if (this.#order && this.#key === key) return this.#order;
    checkOrder(this.#settings, set.branches);
    if (set.frames.length < 2 || set.frames.length > 5) {
      throw new GstIplError('bad-exposures', `Fusion takes two to five exposures, not ${set.frames.length}.`);
    }
    this.#key = key;
    this.#order = orderExposures(set, this.#settings);
    return this.#order;
  }

  async #revive(error: unknown, lost: Frame): Promise<void> {
    this.#deaths += 1;
    if (!(error instanceof GstIplError) || error.code !== 'worker-failed' || this.#deaths >= MAX_DEATHS) throw error;
    this.#warn(`${error.message} It was started again; the picture at ${formatTime(lost.runningTime)} is lost.`);
    await this.#worker.start();
  }
}

/** Bytes that can be transferred to the worker: the stage's own, and alone in their buffer. */
function transferable(frame: Frame): Uint8Array {
  const payload = ownPayload(frame);
  const header = payload.buffer.byteLength - payload.byteLength;
  // A GDP header before the payload is fine; a slice of Node's shared pool is not.
  return header <= MAX_HEADER ? payload : new Uint8Array(payload);
}

/** Bytes that may stand around a payload in its buffer: a GDP header and a little more. */
const MAX_HEADER = 128;
