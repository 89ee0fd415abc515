/**
 * A pipeline that takes frames and ends in a sink that may fail: a network, a disk. When it breaks, the frames that come
 * meanwhile are dropped, and it runs again after a while; the rest of the graph does not notice.
 */
import { asGstIplError, GstIplError } from '../core/errors';
import type { Frame } from '../core/frame';
import { sameButRate, type VideoCaps } from '../core/video-caps';
import { afterSilence } from '../core/patience';
import { Inlet, inletLaunch } from './inlet';
import { GstPipeline } from './pipeline';

export interface OutputHooks {
  /**
   * The launch string behind the inlet, for pictures like this one.
   * @throws GstIplError when it cannot work now
   */
  launch(frame: Frame): Promise<string> | string;
  /** An element said something. */
  onMessage?(name: string, fields: Readonly<Record<string, unknown>>): void;
  /** The pipeline is over; what it wrote will not change any more. Awaited before the next is built. */
  onClosed?(): Promise<void>;
  /** Called once for every outage, and again when its reason changes. */
  onLost(error: GstIplError): void;
  /** Pictures flow again. */
  onRestored(outage: Outage): void;
}

export interface Outage {
  readonly seconds: number;
  readonly droppedFrames: number;
  readonly attempts: number;
}

export interface OutputSettings {
  readonly node: string;
  /** Whether other caps, but for the frame rate, need another pipeline; without it the encoder goes on with the new size. */
  readonly endsAtNewCaps: boolean;
}

/** The first attempts come soon; an operator who has mended the cause sees the output back within seconds. */
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 5_000;

/** A sink that takes nothing for so long is stuck. Longer than a disk needs to wake, shorter than anyone's patience. */
const STALL_MS = 5_000;

/** An output that has worked for this long counts as restored: connections are refused much sooner. */
const STABLE_MS = 2_000;

/** How long a sink may be silent while it finishes, of the 3 s that a whole graph has on SIGTERM. An encoder at work is not. */
const FINISH_MS = 2_000;

interface Connection {
  readonly pipeline: GstPipeline;
  readonly inlet: Inlet;
  readonly caps: VideoCaps;
  readonly since: number;
  readonly over: Promise<void>;
}

export class Output {
  readonly #hooks: OutputHooks;
  readonly #settings: OutputSettings;
  #connection: Connection | undefined;
  /** Milliseconds of the monotonic clock, as all moments here: who sets the clock on the wall must not end or prolong a pause. */
  #lostAt: number | undefined;
  #retryAt = -Infinity;
  #attempts = 0;
  #dropped = 0;
  #droppedBefore = 0;
  /** The last sentence of this outage. */
  #told: string | undefined;
  #worked = false;
  #closed = false;

  constructor(settings: OutputSettings, hooks: OutputHooks) {
    this.#settings = settings;
    this.#hooks = hooks;
  }

  /** Frames that found no output, over all outages. */
  get droppedFrames(): number {
    return this.#dropped;
  }

  /** Why nothing can be written now. */
  get outage(): string | undefined {
    return this.#told;
  }

  get connected(): boolean {
    return this.#connection !== undefined;
  }

  /**
   * Resolves when there is room for the next frame, or the frame was dropped.
   * @returns whether it was taken
   * @throws GstIplError for a permanent fault of an output that has not worked yet
   */
  async write(frame: Frame): Promise<boolean> {
    if (this.#connection && this.#settings.endsAtNewCaps && !sameButRate(frame.caps, this.#connection.caps)) await this.finish();
    try {
      this.#connection ??= await this.#connect(frame);
      if (!this.#connection) {
        this.#dropped += 1;
        return false;
      }
      await this.#write(this.#connection, frame);
      return true;
    } catch (error) {
      await this.#lose(asGstIplError(error, 'pipeline-failed', { node: this.#settings.node }));
      return false;
    }
  }

  /** Ends the stream properly: the sink finishes what it writes. Resolves also when it failed. */
  async finish(): Promise<void> {
    const connection = this.#connection;
    if (!connection) return;
    connection.inlet.end();
    await unlessSilent(FINISH_MS, connection.over);
    await this.#close();
  }

  /** Ends at once and for good. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#close();
  }

  async #connect(frame: Frame): Promise<Connection | undefined> {
    if (this.#closed || performance.now() < this.#retryAt) return undefined;
    const launch = await this.#hooks.launch(frame);
    if (this.#closed) return undefined; // While the route was looked for.
    const pipeline = new GstPipeline(`${inletLaunch('inlet')} ! ${launch}`);
    const over = new Promise<void>((resolve) => {
      pipeline.events.subscribe({
        next: (event) => {
          if (event.type === 'element') this.#hooks.onMessage?.(event.name, event.fields);
          if (event.type === 'eos' || event.type === 'error') resolve();
        },
        complete: resolve,
      });
    });
    const connection = { pipeline, inlet: new Inlet(pipeline, 'inlet', true), caps: frame.caps, since: performance.now(), over };
    pipeline.prepare();
    return connection;
  }

  async #write({ pipeline, inlet, since }: Connection, frame: Frame): Promise<void> {
    const taken = await within(STALL_MS, inlet.consume(frame));
    if (pipeline.failure) throw this.#named(pipeline.failure);
    if (!taken) throw this.#named(new GstIplError('pipeline-failed', `It has taken no picture for ${STALL_MS / 1000} s.`));
    if (performance.now() - since < STABLE_MS) return;
    this.#worked = true;
    if (this.#lostAt === undefined) return;
    this.#hooks.onRestored({ seconds: (since - this.#lostAt) / 1000, droppedFrames: this.#dropped - this.#droppedBefore, attempts: this.#attempts });
    this.#lostAt = undefined;
    this.#told = undefined;
    this.#attempts = 0;
  }

  async #lose(error: GstIplError): Promise<void> {
    this.#dropped += 1;
    await this.#close();
    if (!this.#worked && error.permanent) throw error;
    if (this.#lostAt === undefined) this.#droppedBefore = this.#dropped - 1;
    this.#lostAt ??= performance.now();
    if (error.message !== this.#told) this.#hooks.onLost(error);
    this.#told = error.message;
    this.#retryAt = performance.now() + Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** this.#attempts);
    this.#attempts += 1;
  }

  /** The bus knows elements' names only; people know their nodes. */
  #named({ code, message, hint, permanent }: GstIplError): GstIplError {
    const { node } = this.#settings;
    const sentence = message.replace(/^Element [\w-]+: /, '');
    return new GstIplError(code, `Node "${node}": ${sentence}`, { place: { node }, hint, permanent });
  }

  async #close(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    if (!connection) return;
    connection.pipeline.stop();
    await this.#hooks.onClosed?.();
  }
}

/** Resolves with the promise, or after so long a silence. */
async function unlessSilent(milliseconds: number, promise: Promise<void>): Promise<void> {
  let endWatch: () => void = () => undefined;
  await Promise.race([promise, new Promise<void>((resolve) => (endWatch = afterSilence(milliseconds, resolve)))]);
  endWatch();
}

/** Whether a promise resolved in time. */
async function within(milliseconds: number, promise: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), milliseconds);
  });
  const done = await Promise.race([promise.then(() => true), late]);
  clearTimeout(timer);
  return done;
}
