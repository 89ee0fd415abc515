/** `source` for RxJS: see ./index.ts for the element. */
import { Observable, Subject } from 'rxjs';
import { GstIplError } from '../core/errors';
import type { Frame } from '../core/frames/frame';
import { nameElements } from '../gstreamer/launch/launch';
import { Outlet, outletLaunch } from '../gstreamer/outlet';
import { GstPipeline } from '../gstreamer/pipeline';

/**
 * One stream of frames from a launch fragment. The pipeline starts at subscription and stops with it.
 *
 * @example source('videotestsrc num-buffers=30').subscribe((frame) => console.log(frame.runningTime));
 */
export function source(launch: string, options: SourceOptions = {}): Observable<Frame> {
  return sources({ source: launch }, options).source;
}

export interface SourceOptions {
  /** Whether pictures of 10 bits stay so, for who takes them; default false: all come in 8. */
  readonly tenBits?: boolean;
}

/**
 * Several streams from one pipeline, on one clock, so that `sync` can compare their running times. The pipeline starts
 * when all of them are subscribed to, and stops when none is any more.
 *
 * @example const { under, over } = sources({ under: launch`filesrc location=${a} ! decodebin`, over: ... });
 */
export function sources<Name extends string>(launches: Readonly<Record<Name, string>>, options: SourceOptions = {}): Record<Name, Observable<Frame>> {
  const names = Object.keys(launches) as Name[];
  const shared = new SharedPipeline(names, launches, options);
  const streams = names.map((name): [Name, Observable<Frame>] => [name, shared.stream(name)]);
  return Object.fromEntries(streams) as Record<Name, Observable<Frame>>;
}

/** How long pictures that a failed pipeline still gave may take to leave it. */
const DRAIN_TIMEOUT_MS = 2_000;

class SharedPipeline {
  readonly #names: readonly string[];
  readonly #launches: Readonly<Record<string, string>>;
  readonly #options: SourceOptions;
  readonly #taps = new Map<string, Subject<Frame>>();
  #pipeline: GstPipeline | undefined;
  #outlets: Outlet[] = [];
  #drainTimer: NodeJS.Timeout | undefined;

  constructor(names: readonly string[], launches: Readonly<Record<string, string>>, options: SourceOptions) {
    this.#names = names;
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
      if (event.type === 'warning') process.emitWarning(event.message);
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
    void pipeline.play().then((back) => back && outlets.forEach((outlet) => outlet.start()));
  }

  #end(): void {
    for (const outlet of this.#outlets) outlet.end();
  }

  #stop(): void {
    clearTimeout(this.#drainTimer);
    this.#end();
    void this.#pipeline?.stop().then((hangs) => hangs !== undefined && process.emitWarning(hangs));
    this.#pipeline = undefined;
    this.#outlets = [];
  }
}

function subscribedTwice(name: string): GstIplError {
  const hint = 'Put RxJS `share()` behind the source.';
  return new GstIplError('bad-usage', `The stream "${name}" has a subscriber already.`, { hint });
}
