/** Payloads on their way to a thread. */
import type { Frame } from '../core/frames/frame';
import { isAlone } from '../core/frames/release';

/**
 * Payloads that can be transferred to a worker: the stage's own, and alone in their buffers. Others are copied, one at a
 * time: at 4K a copy takes a millisecond or two, and the event loop has other things to do in between.
 */
export async function* transferable(frames: readonly Frame[]): AsyncGenerator<Uint8Array> {
  for (const frame of frames) {
    // Read one at a time: a parked one is counted from now on.
    const { payload } = frame;
    const copy = frame.shared || !isAlone(payload);
    yield copy ? new Uint8Array(payload) : payload;
    if (copy) await new Promise((resolve) => setImmediate(resolve));
  }
}
