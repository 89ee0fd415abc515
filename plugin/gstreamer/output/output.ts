/**
 * A pipeline that takes frames and ends in a sink that may fail: a network, a disk. When it breaks, the frames that come
 * meanwhile are dropped, and it runs again after a while; the rest of the graph does not notice.
 *
 * A picture counts as delivered when the connection that took it has shown that it works, or has come to its end; until then an
 * encoder or a connection that is only being made may hold it, and it is lost with it.
 */
import { asGstIplError, GstIplError } from '../../core/errors';
import type { Frame } from '../../core/frames/frame';
import { sameButRate, type VideoCaps } from '../../core/frames/video-caps';
import type { Nanoseconds } from '../../core/time';
import type { NativeElement } from '../binding';
import { Inlet, inletLaunch } from '../inlet';
import type { SoundFeed } from '../sound/sound-feed';
import { OpenFragments } from './open-fragments';
import { FINISH_MS, GOODBYE_MS, SENT_MS, STALL_MS, takenBy, unlessSilent } from './time-limits';
import { GstPipeline } from '../pipeline';

export interface OutputHooks {
  /**
   * The launch string behind the inlet, for pictures like this one.
   * @throws GstIplError when it cannot work now
   */
  launch(frame: Frame): Promise<string> | string;
  /** An element said something. */
  onMessage?(name: string, fields: Readonly<Record<string, unknown>>): void;
  /**
   * The pipeline is over; what it wrote will not change any more. Awaited before the next is built.
   * @returns how many of the pictures that were taken are nowhere
   */
  onClosed?(): Promise<number>;
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
  /** It sends, and has no file to complete: a peer that does not answer at the end is not waited for as a disk is. */
  readonly sends?: boolean;
  /** What goes into the same pipeline beside the pictures. */
  readonly sound?: SoundFeed | undefined;
}

/** The first attempts come soon; an operator who has mended the cause sees the output back within seconds. */
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 5_000;

/** An output that has worked for this long counts as restored: connections are refused much sooner. */
const STABLE_MS = 2_000;

interface Connection {
  readonly pipeline: GstPipeline;
  readonly inlet: Inlet;
  readonly caps: VideoCaps;
  /** Where the last picture ends. */
  end: Nanoseconds;
  readonly since: number;
  /** Resolves with whether it came to its end as it should. */
  readonly over: Promise<boolean>;
  /** It has shown that it works. */
  stable: boolean;
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
  #delivered = 0;
  /** Taken by the present connection, which has shown nothing yet. */
  #pending = 0;
  /** Somebody else saw that the present connection does not do its work. */
  #fault: GstIplError | undefined;
  /** The last sentence of this outage. */
  #told: string | undefined;
  #worked = false;
  #closed = false;
  /** GStreamer has let go of the last connection: of those that hang, there must not be more and more. */
  #free = true;

  constructor(settings: OutputSettings, hooks: OutputHooks) {
    this.#settings = settings;
    this.#hooks = hooks;
  }

  /** Frames that found no output, or were lost with one, over all outages. */
  get droppedFrames(): number {
    return this.#dropped;
  }

  get deliveredFrames(): number {
    return this.#delivered;
  }

  /** Why nothing can be written now, for a sentence that names the node already. */
  get outage(): string | undefined {
    return this.#told?.replace(`Node "${this.#settings.node}": `, '');
  }

  get connected(): boolean {
    return this.#connection !== undefined;
  }

  /** An element of the present pipeline, where there is one. */
  find(name: string): NativeElement | undefined {
    return this.#connection?.pipeline.findInside(name);
  }

  /**
   * What it has written is not where it should be, though no element says so: it is made anew, with the next frame.
   */
  abort(fault: GstIplError): void {
    if (this.#connection) this.#fault ??= fault;
  }

  /**
   * Resolves when there is room for the next frame, or the frame was dropped.
   * @returns whether it was taken
   * @throws GstIplError for a permanent fault of an output that has not worked yet
   */
  async write(frame: Frame): Promise<boolean> {
    if (this.#connection && this.#needsAnother(frame, this.#connection)) await this.finish();
    try {
      const connection = this.#connection ?? (await this.#connect(frame));
      if (!connection) {
        this.#settings.sound?.skip(frame.runningTime);
        this.#dropped += 1;
        return false;
      }
      const taken = await this.#write(connection, frame);
      if (!taken) this.#dropped += 1;
      return taken;
    } catch (error) {
      await this.#retryLater(asGstIplError(error, 'pipeline-failed', { node: this.#settings.node }));
      return false;
    }
  }

  /** Ends the stream properly: the sink finishes what it writes. Resolves also when it failed. */
  async finish(): Promise<void> {
    const connection = this.#connection;
    if (!connection) return;
    connection.inlet.end();
    await this.#settings.sound?.end(connection.end);
    const { sends } = this.#settings;
    const whole = await unlessSilent(sends ? SENT_MS : FINISH_MS, connection.over);
    if (whole) this.#countDelivered();
    const closed = this.#close();
    // GStreamer may still say goodbye to a peer that does not hear; nothing is lost by that.
    await (sends ? unlessSilent(GOODBYE_MS, closed.then(() => true)) : closed);
  }

  /** Ends at once and for good. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#settings.sound?.close();
    await this.#close();
  }

  /** Whether what comes has no place in the present pipeline. */
  #needsAnother(frame: Frame, { caps }: Connection): boolean {
    const { endsAtNewCaps, sound } = this.#settings;
    return (endsAtNewCaps && !sameButRate(frame.caps, caps)) || sound?.needsAnother(frame) === true;
  }

  async #connect(frame: Frame): Promise<Connection | undefined> {
    if (this.#closed || !this.#free || performance.now() < this.#retryAt) return undefined;
    const launch = await this.#launchFor(frame);
    if (this.#closed) return undefined; // While the route was looked for.
    const pipeline = new GstPipeline(`${inletLaunch('inlet')} ! ${launch}`, new Map([['inlet', this.#settings.node]]));
    const fragments = new OpenFragments();
    const over = new Promise<boolean>((resolve) => {
      pipeline.events.subscribe({
        next: (event) => {
          if (event.type === 'element') this.#hooks.onMessage?.(event.name, event.fields);
          fragments.onEvent(event);
          if (event.type === 'error') resolve(false);
          else if (fragments.ended) resolve(true);
        },
        complete: () => resolve(false),
      });
    });
    const connection = { pipeline, inlet: new Inlet(pipeline, 'inlet', true), caps: frame.caps, end: frame.runningTime, since: performance.now(), over, stable: false };
    this.#connection = connection;
    this.#settings.sound?.attach(pipeline);
    // The first frame is taken as soon as it can be; nothing is stuck meanwhile that is only being opened.
    await pipeline.prepare();
    return this.#closed ? undefined : connection;
  }

  /** What an encoder does not take is an error of this node. */
  async #launchFor(frame: Frame): Promise<string> {
    try {
      return await this.#hooks.launch(frame);
    } catch (error) {
      const { code, message, place, hint, permanent } = asGstIplError(error, 'pipeline-failed');
      if (place) throw error;
      const { node } = this.#settings;
      throw new GstIplError(code, `Node "${node}": ${message}`, { place: { node }, hint, permanent });
    }
  }

  /** @returns false where the connection was closed over it */
  async #write(connection: Connection, frame: Frame): Promise<boolean> {
    const { pipeline, inlet, since } = connection;
    if (this.#fault) throw this.#fault;
    await this.#settings.sound?.feed(frame);
    connection.end = frame.runningTime + (frame.duration ?? 0n);
    const taken = await takenBy(inlet, frame);
    if (pipeline.failure) throw pipeline.failure;
    if (!taken) throw this.#stuck();
    // To be let go of at the end is no sign that somebody is there.
    if (this.#connection !== connection) return false;
    this.#pending += 1;
    connection.stable ||= performance.now() - since >= STABLE_MS;
    if (!connection.stable) return true;
    this.#countDelivered();
    this.#worked = true;
    if (this.#lostAt === undefined) return true;
    this.#hooks.onRestored({ seconds: (since - this.#lostAt) / 1000, droppedFrames: this.#dropped - this.#droppedBefore, attempts: this.#attempts });
    this.#lostAt = undefined;
    this.#told = undefined;
    this.#attempts = 0;
    return true;
  }

  /** What was taken is delivered. */
  #countDelivered(): void {
    this.#delivered += this.#pending;
    this.#pending = 0;
  }

  async #retryLater(error: GstIplError): Promise<void> {
    if (this.#lostAt === undefined) this.#droppedBefore = this.#dropped;
    this.#dropped += 1;
    const hangs = await this.#close();
    if (!this.#worked && error.permanent) throw error;
    this.#lostAt ??= performance.now();
    const reason = hangs === undefined ? error : withMore(error, hangs);
    if (reason.message !== this.#told) this.#hooks.onLost(reason);
    this.#told = reason.message;
    this.#retryAt = performance.now() + Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** this.#attempts);
    this.#attempts += 1;
  }

  #stuck(): GstIplError {
    const { node } = this.#settings;
    return new GstIplError('pipeline-failed', `Node "${node}": It has taken no frame for ${STALL_MS / 1000} s.`, { place: { node } });
  }

  /** @returns a warning where the pipeline hangs */
  async #close(): Promise<string | undefined> {
    const connection = this.#connection;
    this.#connection = undefined;
    if (!connection) return undefined;
    this.#settings.sound?.detach();
    this.#free = false;
    void connection.pipeline.gone.then(() => (this.#free = true));
    const hangs = await connection.pipeline.stop();
    const lost = (await this.#hooks.onClosed?.()) ?? 0;
    // A connection that has shown nothing yet lost them all.
    this.#dropped += Math.max(this.#pending, lost);
    this.#pending = 0;
    this.#fault = undefined;
    return hangs;
  }
}

function withMore({ code, message, place, hint, permanent }: GstIplError, sentence: string): GstIplError {
  return new GstIplError(code, `${message} ${sentence}`, { place, hint, permanent });
}
