/** How long GStreamer may take to start a pipeline and to stop it, and what is said of one in which it hangs. */
import { afterAwake } from '../core/clocks/awake-clock';
import { unlessStuck } from '../core/clocks/patience';
import { GstIplError } from '../core/errors';

/**
 * Longer than a disk takes to wake, a camera to switch on, an SRT peer to be given up (3 s); shorter than the 15 s after which a
 * source without a picture is lost, so that this reason is reported and not that one. Not counted in silence: cameras that work
 * would make one that hangs look busy.
 */
const START_MS = 10_000;

/** What usually opens at once and has not by now is worth a word. */
const SLOW_MS = 5_000;

/** Of silence, as for ends that are stuck (graph/run/open-ends.ts): an encoder that throws its work away is none. */
const STOP_MS = 2_000;

const whose = (nodes: readonly string[]): string => (nodes.length > 0 ? `the pipeline of ${nodes.join(', ')}` : 'a pipeline');

/**
 * Watches over a change that may never come to its end.
 * @param slow hears when it takes long
 * @param hangs hears when nobody waits any longer
 * @returns ends the watch
 */
export function watchStart(nodes: readonly string[], slow: (warning: string) => void, hangs: (error: GstIplError) => void): () => void {
  const endings = [
    afterAwake(SLOW_MS, () => slow(`GStreamer has been starting ${whose(nodes)} for ${SLOW_MS / 1000} s. ${ASK}`)),
    afterAwake(START_MS, () => hangs(hanging(nodes))),
  ];
  return () => endings.forEach((end) => end());
}

/** @returns what to say where a pipeline is not gone soon enough */
export function stopsInTime(nodes: readonly string[], gone: Promise<void>): Promise<string | undefined> {
  return new Promise((resolve) => {
    const hangs = (): void => resolve(`GStreamer does not come back from stopping ${whose(nodes)}; it is left as it is.`);
    void unlessStuck(STOP_MS, gone, hangs).then(() => resolve(undefined));
  });
}

/** GStreamer refused, and the bus says nothing. */
export function cannotStart(nodes: readonly string[]): GstIplError {
  return new GstIplError('pipeline-failed', `GStreamer cannot start ${whose(nodes)} and gives no reason.`, {
    hint: 'The file or the device may be damaged or in use. GST_DEBUG=3 in the environment makes GStreamer log more.',
  });
}

const ASK = 'See whether what it opens answers: a pipe needs its other end, a share its server.';

function hanging(nodes: readonly string[]): GstIplError {
  const [node] = nodes;
  const sentence = `GStreamer cannot start ${whose(nodes)}: it has not come back from it for ${START_MS / 1000} s.`;
  return new GstIplError('pipeline-failed', sentence, {
    place: node === undefined || nodes.length > 1 ? undefined : { node },
    hint: `${ASK} What is left of it stays until it does.`,
  });
}
