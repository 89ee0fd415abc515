/** `source` for RxJS: see ./index.ts for the element. */
import { Observable, Subject } from 'rxjs';
import { GraphClock } from '../core/clocks/graph-clock';
import { GstIplError } from '../core/errors';
import type { Frame } from '../core/frames/frame';
import { nameElements } from '../gstreamer/launch/launch';
import { Outlet, outletLaunch } from '../gstreamer/outlet';
import { GstPipeline } from '../gstreamer/pipeline';
import type { SourceNodeOptions } from './options.generated';
import { originOf, type SourceOptions } from './origin';

export type { SourceOptions };

/**
 * One stream of frames, of a launch fragment, or of what a graph's `source` takes: a camera or a network stream is looked after, and
 * started again when it breaks. It starts at subscription and stops with it.
 *
 * @example source('videotestsrc num-buffers=30').subscribe((frame) => console.log(frame.runningTime));
 * @example source({ uri: 'rtsp://10.0.0.12/stream1' }).subscribe((frame) => console.log(frame.runningTime));
 */
export function source(of: string | SourceNodeOptions, options: SourceOptions = {}): Observable<Frame> {
  return sources({ source: of }, options).source;
}

/**
 * Several streams on one clock, so that `sync` can compare their running times. Launch fragments and files share a pipeline, which
 * starts when all of them are subscribed to, and stops when none is any more.
 *
 * @example const { under, over } = sources({ under: launch`filesrc location=${a} ! decodebin`, over: { uri: 'over.mp4' } });
 */
export function sources<Name extends string>(of: Readonly<Record<Name, string | SourceNodeOptions>>, options: SourceOptions = {}): Record<Name, Observable<Frame>> {
  const clock = new GraphClock();
  const all = Object.entries<string | SourceNodeOptions>(of).map(([name, given]) => ({ name, ...originOf(name, given, clock, options) }));
  const fragments = all.flatMap(({ name, launch }) => (launch === undefined ? [] : [[name, launch] as const]));
  const beside = fragments.length < all.length ? clock : undefined;
  const shared = new SharedPipeline(fragments.map(([name]) => name), Object.fromEntries(fragments), options, beside);
  const streams = all.map(({ name, frames }) => [name, frames ?? shared.stream(name)]);
  return Object.fromEntries(streams) as Record<Name, Observable<Frame>>;
}

/** How long pictures that a failed pipeline still gave may take to leave it. */
const DRAIN_TIMEOUT_MS = 2_000;

class SharedPipeline {
  readonly #names: readonly string[];
  readonly #launches: Readonly<Record<string, string>>;
  readonly #options: SourceOptions;
  /** Of streams that have pipelines of their own. */
  readonly #clock: GraphClock | undefined;
  readonly #taps = new Map<string, Subject<Frame>>();
  #pipeline: GstPipeline | undefined;
  #outlets: Outlet[] = [];
  #drainTimer: NodeJS.Timeout | undefined;

  constructor(names: readonly string[], launches: Readonly<Record<string, string>>, options: SourceOptions, clock?: GraphClock) {
    this.#names = names;
    this.#clock = clock;
    this.#options = options;
    this.#launches = launches;
  }

  stream(name: string): Observable<Frame> {
    return new Observable((subscriber) => {
      if (this.#taps.has(name)) throw subscribedTwice(name);
      const tap = new Subject<Frame>();
      this.#taps.set(name, tap);
      const subscription = tap.subscribe(subscriber);
      if (this.#taps.size === this.#names.length) this.#start();
      return () => {
        subscription.unsubscribe();
        this.#taps.delete(name);
        if (this.#taps.size === 0) this.#stop();
      };
    });
  }

  #start(): void {
    const owners = new Map<string, string>();
    const chains = this.#names.map((name) => {
      const fragment = nameElements(this.#launches[name] ?? '', name);
      for (const element of fragment.names) owners.set(element, name);
      return `${fragment.launch} ! ${outletLaunch(`${name}_outlet`, fragment.launch, this.#options.tenBits)}`;
    });
    const pipeline = new GstPipeline(chains.join('  '), owners);
    this.#pipeline = pipeline;
    const taps = new Map(this.#taps);
    pipeline.events.subscribe((event) => {
      if (event.type === 'warning') this.#warn(event.message);
      // What was received before a fault is still given: the streams end by themselves, or are ended.
      if (event.type === 'error') this.#drainTimer = setTimeout(() => this.#end(), DRAIN_TIMEOUT_MS);
    });
    this.#outlets = this.#names.map((name) => new Outlet(pipeline, `${name}_outlet`, name, false));
    for (const [index, name] of this.#names.entries()) {
      const tap = taps.get(name);
      this.#outlets[index]?.frames.subscribe({
        next: (frame) => tap?.next(frame),
        error: (error) => tap?.error(error),
        complete: () => (pipeline.failure ? tap?.error(pipeline.failure) : tap?.complete()),
      });
    }
    const outlets = this.#outlets;
    void this.#play(pipeline, outlets);
  }

  async #play(pipeline: GstPipeline, outlets: readonly Outlet[]): Promise<void> {
    // The others' running time may have begun already.
    this.#clock?.startOnce();
    const offset = this.#clock ? await pipeline.playOnClock().then((zero) => zero && this.#clock?.runningTimeOf(zero)) : (await pipeline.play()) ? 0n : undefined;
    if (offset !== undefined) outlets.forEach((outlet) => outlet.start(offset));
  }

  #end(): void {
    for (const outlet of this.#outlets) outlet.end();
  }

  #warn(message: string): void {
    const warn = this.#options.onWarning ?? ((text: string) => process.emitWarning(text));
    warn(message);
  }

  #stop(): void {
    clearTimeout(this.#drainTimer);
    this.#end();
    void this.#pipeline?.stop().then((hangs) => hangs !== undefined && this.#warn(hangs));
    this.#pipeline = undefined;
    this.#outlets = [];
  }
}

function subscribedTwice(name: string): GstIplError {
  const hint = 'Put RxJS `share()` behind the source.';
  return new GstIplError('bad-usage', `The stream "${name}" has a subscriber already.`, { hint });
}
