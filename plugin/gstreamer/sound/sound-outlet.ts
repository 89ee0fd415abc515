/** Where sound leaves GStreamer: an appsink, at the end of a branch that costs the pictures nothing, whatever happens in it. */
import { SOUND_CAPS, type SoundPacket } from '../../core/sound/sound-line';
import type { FlowControl } from '../../core/queue/flow-control';
import type { NativeElement, NativeSample } from '../binding';
import type { GstPipeline } from '../pipeline';

export const SOUND_OUTLET = 'sound_outlet';

/** Begins the names of the elements of such a branch: what fails in it is no failure of its pipeline. */
export const SOUND_PREFIX = 'sound';

/**
 * Any sound in, decoded or not; `SOUND_CAPS` out. The appsink takes no part in the start of its pipeline (`async=false`), where it
 * would wait for sound that may never come.
 */
export const SOUND_TAIL =
  'decodebin expose-all-streams=false caps="audio/x-raw(ANY)" : queue max-size-buffers=0 max-size-bytes=0 max-size-time=200000000 ! ' +
  `audioconvert ! audioresample ! capsfilter caps="${SOUND_CAPS}" ! appsink name=${SOUND_OUTLET} sync=false async=false max-buffers=16`;

const SPARED = 'errorignore ignore-error=true ignore-notlinked=true ignore-notnegotiated=true convert-to=ok';

/** The same beside pictures of a file: a decoder that fails must not stop the thread that reads both, so errors go no further. */
export const SOUND_TAIL_OF_FILE = `${SPARED} ! ${SOUND_TAIL}`;

/** Of one connection, which cannot be held back: what is not taken within two seconds is dropped, so that pictures go on. */
export const SOUND_TAIL_OF_CONNECTION = `${SPARED} ! queue leaky=downstream max-size-buffers=0 max-size-bytes=4000000 max-size-time=2000000000 ! ${SOUND_TAIL}`;

export class SoundOutlet {
  readonly #pipeline: GstPipeline;
  readonly #sink: NativeElement;
  readonly #flow: FlowControl | undefined;
  readonly #give: (packet: SoundPacket) => void;
  #ended = false;

  /**
   * @param give gets running times of the pipeline
   * @param flow holds it back
   */
  constructor(pipeline: GstPipeline, give: (packet: SoundPacket) => void, flow?: FlowControl) {
    this.#pipeline = pipeline;
    this.#sink = pipeline.find(SOUND_OUTLET);
    this.#give = give;
    this.#flow = flow;
  }

  /** Begins to pull from a pipeline that has come back from its start. Resolves at the end of the sound. */
  async run(): Promise<void> {
    do await this.#flow?.whenOpen();
    while (!this.#ended && !this.#pipeline.stopped && (await this.#sink.pull((sample) => this.#take(sample))) !== null);
  }

  /** What still comes is dropped. */
  end(): void {
    this.#ended = true;
  }

  async #take(sample: NativeSample): Promise<void> {
    const { runningTime } = sample;
    if (this.#ended || runningTime === undefined) return;
    const payload = await sample.copy();
    if (!this.#ended) this.#give({ payload, runningTime });
  }
}
