/**
 * The one door to GStreamer's libraries, which are called by koffi. (gstreamer-superficial, which was here before, never frees
 * a pipeline nor an element, and gives no time stamps.)
 *
 * Only the main thread may import this module: bus messages and samples are for one event loop.
 */
import { isMainThread } from 'node:worker_threads';
import { GstIplError } from '../core/errors';
import { tuneAllocator, warnAboutEnvironment } from './environment';
import { elementsInError, explainLaunchError } from './launch/launch-error';
import { loadLibrary, type Library } from './native/library';
import { patternFindings } from './launch/location-patterns';
import { playlistFindings } from './launch/playlist-files';
import { NativePipeline } from './native/native-pipeline';

export type { NativeElement } from './native/native-element';
export type { BusMessage } from './native/bus-message';
export type { NativePipeline } from './native/native-pipeline';
export type { NativeSample } from './native/native-sample';

/**
 * Parses a launch string. The pipeline does not run yet.
 * @param owners which graph node an element belongs to, by the element's name
 * @throws GstIplError `set-up` when GStreamer cannot be loaded, `bad-launch` when GStreamer refuses the string.
 */
export function parseLaunch(launch: string, owners: ReadonlyMap<string, string> = new Map()): NativePipeline {
  const library = loadGStreamer();
  const [unsafe] = [...patternFindings(launch), ...playlistFindings(launch)];
  if (unsafe) throw new GstIplError(unsafe.code, unsafe.message, { hint: unsafe.hint });
  try {
    return new NativePipeline(library, launch);
  } catch (error) {
    const reason = (error as Error).message;
    const { code, message, hint } = explainLaunchError(reason, launch);
    const node = elementsInError(reason).map((name) => owners.get(name)).find((name) => name !== undefined);
    const [whose, place] = node === undefined ? ['', undefined] : [`Node "${node}": `, { node }];
    throw new GstIplError(code, whose + message, { place, hint, cause: error });
  }
}

/** @throws GstIplError `set-up` with what is missing. */
export function loadGStreamer(): Library {
  if (!isMainThread) {
    throw new GstIplError('set-up', 'GStreamer can only be used from the main thread.', {
      hint: 'Create pipelines outside of worker threads.',
    });
  }
  tuneAllocator();
  warnAboutEnvironment();
  try {
    return loadLibrary();
  } catch (error) {
    throw new GstIplError('set-up', `GStreamer cannot be loaded: ${(error as Error).message}`, {
      hint: 'Install GStreamer 1.20 or later: apt-get install gstreamer1.0-tools gstreamer1.0-plugins-base',
      cause: error,
    });
  }
}
