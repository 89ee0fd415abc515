/**
 * The one door to gstreamer-superficial, so that another binding can take its place. It publishes no types; these are
 * read from its source (1.7.4).
 *
 * It aborts the process when two JavaScript threads load it: only the main thread may import this module.
 */
import { isMainThread } from 'node:worker_threads';
import { GstIplError } from '../core/errors';
import { warnAboutEnvironment } from './environment';
import { elementsInError, explainLaunchError } from './launch-error';
import { patternFindings } from './location-patterns';
import { playlistFindings } from './playlist-files';

export interface BusMessage {
  readonly type: string;
  readonly _src_element_name: string;
  /** Path of the element that posted it, or the name of the message's structure. */
  readonly name?: string;
  /** What went wrong (errors). */
  readonly message?: string;
  /** Of a change of state: `GST_STATE_NULL` and so on. */
  readonly 'old-state'?: string;
  /** Source file, function and detail, for developers; its last line is often the best sentence there is. */
  readonly debug?: string;
}

export interface NativeElement {
  /** Properties; enums and 64-bit integers read as strings. */
  [property: string]: unknown;
}

export interface NativeAppSink extends NativeElement {
  /** Whether a new buffer drops the oldest where there is no room for it, instead of waiting. */
  drop: boolean;
  /** Answers null on EOS, on stop, and when the pipeline does not run. Holds a thread of the libuv pool meanwhile. */
  pull(callback: (buffer: Buffer | null, caps: Record<string, unknown>) => void): void;
}

export interface NativeAppSrc extends NativeElement {
  readonly 'current-level-buffers': string | number;
  push(buffer: Uint8Array): void;
}

export interface NativePipeline {
  play(): void;
  pause(): void;
  stop(): void;
  sendEOS(): void;
  /** Seconds; -1 where unknown. */
  queryDuration(): number;
  findChild(name: string): NativeElement | undefined;
  /** Calls back for every message; stops once the pipeline is in state NULL. */
  pollBus(callback: (message: BusMessage) => void): void;
  'auto-flush-bus': boolean;
  /** Seconds. */
  latency: number;
  /** Seconds. */
  delay: number;
}

interface Binding {
  readonly Pipeline: new (launch: string) => NativePipeline;
}

let binding: Binding | undefined;

/**
 * Parses a launch string. The pipeline does not run yet.
 * @param owners which graph node an element belongs to, by the element's name
 * @throws GstIplError `set-up` when the binding cannot be loaded, `bad-launch` when GStreamer refuses the string.
 */
export function parseLaunch(launch: string, owners: ReadonlyMap<string, string> = new Map()): NativePipeline {
  binding ??= loadBinding();
  const [unsafe] = [...patternFindings(launch), ...playlistFindings(launch)];
  if (unsafe) throw new GstIplError(unsafe.code, unsafe.message, { hint: unsafe.hint });
  try {
    return new binding.Pipeline(launch);
  } catch (error) {
    const reason = (error as Error).message;
    const { code, message, hint } = explainLaunchError(reason, launch);
    const node = elementsInError(reason).map((name) => owners.get(name)).find((name) => name !== undefined);
    const [whose, place] = node === undefined ? ['', undefined] : [`Node "${node}": `, { node }];
    throw new GstIplError(code, whose + message, { place, hint, cause: error });
  }
}

/** @throws GstIplError `set-up` with what is missing. */
export function loadBinding(): Binding {
  if (!isMainThread) {
    throw new GstIplError('set-up', 'GStreamer can only be used from the main thread.', {
      hint: 'Create pipelines outside of worker threads.',
    });
  }
  warnAboutEnvironment();
  try {
    // A native module; it has no ES module entry.
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    return require('gstreamer-superficial') as Binding;
  } catch (error) {
    throw new GstIplError('set-up', `The GStreamer binding cannot be loaded: ${(error as Error).message}`, {
      hint: 'Install libgstreamer1.0-dev and libgstreamer-plugins-base1.0-dev, then run `npm rebuild gstreamer-superficial`.',
      cause: error,
    });
  }
}
