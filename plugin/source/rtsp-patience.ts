/**
 * How long rtspsrc waits for an answer of the camera.
 *
 * To stop it is to say goodbye (TEARDOWN) and to wait for the answer (measured with 1.22: teardown-timeout and flushing do not
 * end it). A camera that sends nonsense then holds up the end of a program for as long as it may take to connect. So it gets
 * the least that a socket can wait (GSocket counts in seconds) when it is stopped.
 */
import type { GstPipeline } from '../gstreamer/pipeline';

/** Microseconds. A camera that does not answer in 5 s will not. */
export const CONNECT_TIMEOUT = 5_000_000;
const GOODBYE_TIMEOUT = 1_000_000;

/** @param node as the source's elements are named after it (nameElements) */
export function setPatience(pipeline: GstPipeline, node: string, phase: 'connect' | 'goodbye'): void {
  const camera = pipeline.findInside(`${node}-rtspsrc-0`);
  camera?.set('tcp-timeout', phase === 'connect' ? CONNECT_TIMEOUT : GOODBYE_TIMEOUT);
}
