/**
 * Named pipes that sinks write to. To open one waits until somebody reads it, which may be tomorrow; GStreamer hangs in it meanwhile,
 * and a start that takes long counts as failed (../state-changes.ts). So readers are waited for before.
 */
import { closeSync, constants, openSync } from 'node:fs';
import { statsOf } from '../../core/files/file-identity';
import { elementsOf } from '../launch/launch';
import type { GstPipeline } from '../pipeline';

const ASK_MS = 100;

/** The named pipes that the `filesink`s of a pipeline write to. */
function fifosOf(pipeline: GstPipeline): string[] {
  const sinks = elementsOf(pipeline.launch).flatMap(({ factory, name }) => (factory === 'filesink' && name !== undefined ? [name] : []));
  const places = sinks.map((name) => pipeline.find(name).get('location'));
  return places.filter((place): place is string => typeof place === 'string' && statsOf(place)?.isFIFO() === true);
}

/**
 * Resolves when each has a reader, or when nobody waits any more.
 * @param notify hears once of each that has none
 * @returns lets go of them: to be called when the sinks have opened them, so that no reader sees an end before
 */
export async function fifoReaders(pipelines: readonly GstPipeline[], waits: () => boolean, notify: (message: string) => void): Promise<() => void> {
  const held: number[] = [];
  for (const fifo of pipelines.flatMap(fifosOf)) {
    let told = false;
    while (waits()) {
      const handle = openIfRead(fifo);
      if (handle !== undefined) {
        held.push(handle);
        break;
      }
      if (!told) notify(`Nobody reads the pipe "${fifo}" yet; the graph starts when somebody does.`);
      told = true;
      await new Promise((resolve) => setTimeout(resolve, ASK_MS));
    }
  }
  return () => held.forEach((handle) => closeSync(handle));
}

/** @throws Error where it cannot be written */
function openIfRead(fifo: string): number | undefined {
  try {
    return openSync(fifo, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENXIO') return undefined;
    throw error;
  }
}
