/** One GStreamer pipeline: plays, reports, stops, and leaves nothing behind. */
import { Subject } from 'rxjs';
import { Patience } from '../core/clocks/patience';
import type { GstIplError } from '../core/errors';
import type { Nanoseconds } from '../core/time';
import { parseLaunch, type BusMessage, type NativeElement, type NativePipeline } from './binding';
import { explainBusError, explainUnlinked } from './bus-error';
import { cannotStart, stopsInTime, watchStart } from './state-changes';

export type PipelineEvent =
  | { readonly type: 'eos' }
  | { readonly type: 'warning'; readonly message: string }
  /** What an element says of its own accord, such as splitmuxsink of a finished file: fields as texts. */
  | { readonly type: 'element'; readonly name: string; readonly fields: Readonly<Record<string, unknown>> }
  | { readonly type: 'error'; readonly error: GstIplError }
  /** The same of an element whose errors are not the pipeline's failure. */
  | { readonly type: 'spared'; readonly error: GstIplError };

/** A pipeline that cannot start says why in far less time than this, also on a busy machine. */
const REASON_MS = 2_000;

/** As for outlets: decodebin of GStreamer 1.22 can wait for ever for a first picture. */
const FIRST_PICTURE_MS = 10_000;

/** Between two looks whether a first picture is there. */
const WAIT_MS = 20;

/** What an element posts behind the end of its stream comes in far less time than this. */
const QUIET_MS = 20;

/** Some elements report something with every picture; such a bus is never quiet. */
const MOST_ROUNDS = 10;

export class GstPipeline {
  /** Ends with `complete` when the pipeline has stopped. */
  readonly events = new Subject<PipelineEvent>();
  readonly launch: string;
  readonly #native: NativePipeline;
  readonly #owners: ReadonlyMap<string, string>;
  readonly #spared: ReadonlySet<string>;
  #state: 'idle' | 'prepared' | 'playing' | 'stopped' = 'idle';
  #failure: GstIplError | undefined;
  /** A stream that came late and fitted nothing; others may. */
  #unlinked: GstIplError | undefined;
  #messages = 0;
  /** The pipeline itself, not only some of its elements, has left state NULL. */
  #started = false;
  #startTimer: NodeJS.Timeout | undefined;
  /** Whether GStreamer came back from what it was asked for last. */
  #start = Promise.resolve(true);
  #end = Promise.resolve<string | undefined>(undefined);
  /** It once did. */
  #up = false;
  /** It did not, and it is not known that it ever will. */
  #hangs = false;
  #endWatch: () => void = () => undefined;
  /**
   * Resolves when GStreamer has let go of it after `stop`: never, where an element hangs for ever. Who makes one pipeline after
   * the other waits for it, so that at most one of them hangs.
   */
  readonly gone: Promise<void>;
  #letGo: () => void = () => undefined;

  /**
   * @param launch a whole launch string
   * @param owners which graph node an element belongs to, by the element's name
   * @param spared names of elements whose errors are not its failure
   * @throws GstIplError `bad-launch`
   */
  constructor(launch: string, owners: ReadonlyMap<string, string> = new Map(), spared: ReadonlySet<string> = new Set()) {
    this.launch = launch;
    this.#owners = owners;
    this.#spared = spared;
    this.#native = parseLaunch(launch, owners);
    this.gone = new Promise((resolve) => (this.#letGo = resolve));
  }

  /** The first error that was reported. */
  get failure(): GstIplError | undefined {
    return this.#failure;
  }

  get stopped(): boolean {
    return this.#state === 'stopped';
  }

  /** Seconds of media, or undefined where GStreamer does not know. */
  get duration(): number | undefined {
    const seconds = this.#running && this.#up ? this.#native.queryDuration() : -1;
    return seconds > 0 ? seconds : undefined;
  }

  /** @throws TypeError when the launch string has no such element: a defect of the caller. */
  find(name: string): NativeElement {
    const element = this.#native.find(name);
    if (!element) throw new TypeError(`There is no element ${name} in ${this.launch}`);
    return element;
  }

  /** An element that may or may not be there, as those that others make; of a stopped pipeline there is none. */
  findInside(name: string): NativeElement | undefined {
    return this.stopped ? undefined : this.#native.find(name);
  }

  /** All elements of a kind, whoever made them; of a stopped pipeline there are none. */
  findAll(factory: string): NativeElement[] {
    return this.stopped ? [] : this.#native.findAll(factory);
  }

  /**
   * Opens files and devices; the clock stands until `play`. For pipelines that wait for their first picture.
   * @returns as `play` does
   */
  prepare(): Promise<boolean> {
    if (this.#state === 'idle') {
      this.#state = 'prepared';
      this.#start = this.#bring(() => this.#native.pause());
    }
    return this.#start;
  }

  /**
   * @returns whether GStreamer has come back from it, be it with an error. If not, it was stopped meanwhile, or hangs, which is its
   *   `failure`: it gives nothing then, and takes nothing.
   */
  play(): Promise<boolean> {
    if (this.#state === 'idle' || this.#state === 'prepared') {
      this.#state = 'playing';
      this.#start = this.#start.then((back) => back && this.#bring(() => this.#native.play()));
    }
    return this.#start;
  }

  /**
   * Plays, and returns since when by the monotonic clock of the system: running time counts from then. For live pipelines: those
   * that wait for a first picture begin to count when they have it.
   * @returns undefined where GStreamer has not come back from it
   */
  async playOnClock(): Promise<Nanoseconds | undefined> {
    // Opening devices takes time, and running time does not begin before all are open.
    if (!(await this.prepare()) || !(await this.play())) return undefined;
    return this.#native.zero ?? process.hrtime.bigint();
  }

  /**
   * Of files, before they are played or while they are: they go on at another place, and running time begins anew.
   * @returns whether they do; not those that cannot be gone about in, nor where it was stopped meanwhile
   */
  async goTo(start: Nanoseconds, stop: Nanoseconds | undefined, to: 'exact' | 'key-frame'): Promise<boolean> {
    if (!(await this.prepare())) return false;
    const silence = new Patience();
    while (this.#running && !this.#failure && !this.#native.hasFirst) {
      if (silence.sample() > FIRST_PICTURE_MS) return false;
      await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
    }
    return this.#running && !this.#failure && this.#native.seek(start, stop, to);
  }

  /** Once it is prepared: whether it gives what is going on now. */
  get isLive(): boolean {
    return this.#native.isLive;
  }

  /** Running time is that of the system's clock, also where a sound card offers its own. */
  useSystemClock(): void {
    this.#native.useSystemClock();
  }

  /** Asks every source for an end of stream; sinks finish their files and `eos` follows. */
  sendEos(): void {
    if (this.#running) void this.#native.sendEos();
  }

  /**
   * Aligns the clock of clock-driven sinks with a stream that begins at a later running time.
   * The pipeline's base time becomes "now - start" when it begins to play, so that the first frame is due at once.
   */
  alignTo(startNs: bigint, latencyNs: bigint): void {
    this.#native.setLatency(latencyNs);
    if (startNs > 0n) this.#native.setDelay(-startNs);
  }

  /**
   * Nothing comes out of it and into it from now on.
   * @returns a warning where an element hangs in it: it is left as it is then, and freed if that ever ends (`gone`). One
   *   that hangs since its start has said so.
   */
  stop(): Promise<string | undefined> {
    if (this.#state === 'stopped') return this.#end;
    const begun = this.#state !== 'idle';
    this.#state = 'stopped';
    clearTimeout(this.#startTimer);
    this.#endWatch();
    void (begun ? this.#native.stop() : Promise.resolve()).then(() => {
      // Who hears of it may read its elements for the last time.
      this.events.complete();
      this.#native.release();
      this.#letGo();
    });
    if (!this.#hangs) this.#end = stopsInTime(this.#nodes, this.gone);
    void this.#end.then(() => this.events.complete());
    return this.#end;
  }

  /**
   * Resolves when the bus has said what it has to say of what happened until now. An appsink gives nothing at the end of
   * the stream, but also when the pipeline failed, and the reason may still lie behind other messages.
   */
  async drainBus(): Promise<void> {
    for (let round = 0; this.#running && !this.#failure && !(this.#started && round >= MOST_ROUNDS); round += 1) {
      const seen = this.#messages;
      await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
      await this.#native.caughtUp();
      if (this.#started && this.#messages === seen) return;
    }
  }

  get #nodes(): string[] {
    return [...new Set(this.#owners.values())];
  }

  get #running(): boolean {
    return this.#state === 'prepared' || this.#state === 'playing';
  }

  /** @returns whether GStreamer has come back from the change */
  #bring(change: () => Promise<boolean>): Promise<boolean> {
    if (this.stopped) return Promise.resolve(false);
    this.#native.listen((message) => this.#onMessage(message));
    return new Promise((resolve) => {
      const endWatch = watchStart(this.#nodes, (warning) => this.events.next({ type: 'warning', message: warning }), (error) => {
        this.#hangs = true;
        this.#fail(error);
        resolve(false);
      });
      this.#endWatch = () => {
        endWatch();
        resolve(false);
      };
      void change().then((changes) => {
        endWatch();
        this.#up = true;
        // The bus gives the reason, where there is one.
        if (!changes && this.#running) this.#startTimer ??= setTimeout(() => this.#running && this.#fail(cannotStart(this.#nodes)), REASON_MS);
        resolve(true);
      });
    });
  }

  #onMessage(message: BusMessage): void {
    this.#messages += 1;
    // The name that GStreamer gives to a parsed pipeline.
    if (message.type === 'state-changed' && /^pipeline\d+$/.test(message._src_element_name)) this.#started = true;
    if (this.#running) this.#handle(message);
  }

  #handle(message: BusMessage): void {
    if (message.type === 'eos') this.events.next({ type: 'eos' });
    if (message.type === 'element') this.events.next({ type: 'element', name: message.name ?? '', fields: { ...message } });
    if (message.type === 'warning') {
      const owner = this.#ownerOf(message);
      const error = explainUnlinked(message, owner, this.#owners) ?? explainBusError(message, owner);
      if (error.code === 'bad-launch') this.#unlinked = error;
      this.events.next({ type: 'warning', message: error.message });
    }
    if (message.type === 'error' && pathOf(message).some((name) => this.#spared.has(name))) return this.events.next({ type: 'spared', error: this.#explain(message) });
    if (message.type === 'error') this.#fail(this.#explain(message));
  }

  /** A stream that leads nowhere ends with "not-linked"; why it does was said before. */
  #explain(message: BusMessage): GstIplError {
    const error = explainBusError(message, this.#ownerOf(message));
    return this.#unlinked && error.code === 'bad-launch' ? this.#unlinked : error;
  }

  /** One fault makes several elements complain, and the first names the cause. */
  #fail(error: GstIplError): void {
    if (this.#failure) return;
    this.#failure = error;
    this.events.next({ type: 'error', error });
  }

  #ownerOf(message: BusMessage): string | undefined {
    for (const name of pathOf(message)) {
      const owner = this.#owners.get(name);
      if (owner !== undefined) return owner;
    }
    const [node, ...others] = this.#nodes;
    return others.length > 0 ? undefined : node;
  }
}

/** Names of the element that sent it, and of those that it is in. */
function pathOf({ name = '', _src_element_name }: BusMessage): string[] {
  return `${name}/${_src_element_name}`.split(/[/:]/);
}
