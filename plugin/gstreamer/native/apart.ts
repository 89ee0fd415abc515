/**
 * Calls that may never return, such as a change of state that opens a pipe without its other end: each on a thread of GLib's.
 *
 * Not on one of libuv's pool. Its threads wait for samples and messages, which end when a pipeline is stopped: a stop that
 * waited for one of them could wait for ever. What hangs takes nothing from files and the resolver, however often; and a process
 * can exit over a thread of GLib's that hangs, while Node waits for the pool's. GStreamer lets any thread change states.
 */
import type { Library, Pointer } from './library';

/** Most changes take less than a millisecond; a live graph must not start later for having asked. */
const FIRST_MS = 1;

/** What has taken half a second may take for ever; it is no reason to keep a program alive. */
const LONGEST_MS = 100;

const STATE_NULL = 1;

/**
 * Calls a function of an element and one more argument. What it returns is lost: who wants to know asks the element.
 * @param argument for a bystander, too: what the function takes must have a reference for each
 * @returns a promise that resolves when the function has returned, which may be never: who waits has a limit
 */
export async function apart(library: Library, work: Pointer, element: Pointer, argument: Pointer | number): Promise<void> {
  const bystander = library.gst_bin_new(null) as Pointer;
  // One thread works on one call after the other: when the second, which takes no time, is begun, the first has returned.
  const pool = library.g_thread_pool_new(work, argument, 1, 0, null) as Pointer;
  library.g_thread_pool_push(pool, element, null);
  library.g_thread_pool_push(pool, bystander, null);
  for (let pause = FIRST_MS; library.g_thread_pool_unprocessed(pool) > 0; pause = Math.min(pause * 1.2, LONGEST_MS)) await sleep(pause);
  library.g_thread_pool_free(pool, 0, 1); // Waits for the bystander's, which takes no time.
  library.gst_element_set_state(bystander, STATE_NULL);
  library.gst_object_unref(bystander);
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    if (milliseconds >= LONGEST_MS) timer.unref();
  });
}
