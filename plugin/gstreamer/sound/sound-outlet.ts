/** Where sound leaves GStreamer: appsinks, one for each form, at the end of a branch that costs the pictures nothing, whatever happens in it. */
import { lengthOf, SOUND, SOUND_CAPS, type SoundForm, type SoundLine, type SoundPacket } from '../../core/sound/sound-line';
import type { Nanoseconds } from '../../core/time';
import type { FlowControl } from '../../core/queue/flow-control';
import type { NativeElement, NativeSample } from '../binding';
import type { GstPipeline } from '../pipeline';
import { ENCODED_CAPS, encodedPacket } from './encoded-packet';

export const soundOutlet = (form: SoundForm): string => `sound_outlet_${form}`;

/** Begins the names of the elements of such a branch: what fails in it is no failure of its pipeline. */
export const SOUND_PREFIX = 'sound';

/** What a decoder in front is to stop at, where sound is wanted in these forms. */
export const soundCaps = (forms: readonly SoundForm[]): string => (forms.includes('packets') ? ENCODED_CAPS : 'audio/x-raw(ANY)');

const CONVERTED: Readonly<Record<SoundForm, string>> = { samples: `audioconvert ! audioresample ! capsfilter caps="${SOUND_CAPS}" ! `, packets: '' };

/**
 * Any sound in, decoded or not; one form out. The appsink takes no part in the start of its pipeline (`async=false`), where it
 * would wait for sound that may never come.
 */
function tailOf(form: SoundForm): string {
  return (
    `decodebin expose-all-streams=false caps="${soundCaps([form])}" : queue max-size-buffers=0 max-size-bytes=0 max-size-time=200000000 ! ` +
    `${CONVERTED[form]}appsink name=${soundOutlet(form)} sync=false async=false max-buffers=16`
  );
}

/** Any sound in, all of the forms out. */
export function soundTail(forms: readonly SoundForm[]): string {
  const [form = 'samples', ...others] = forms;
  if (others.length === 0) return tailOf(form);
  return `tee name=sound_tee ${forms.map((each) => `sound_tee. ! queue ! ${tailOf(each)}`).join(' ')}`;
}

const SPARED = 'errorignore ignore-error=true ignore-notlinked=true ignore-notnegotiated=true convert-to=ok';

/** The same beside pictures of a file: a decoder that fails must not stop the thread that reads both, so errors go no further. */
export const soundTailOfFile = (forms: readonly SoundForm[]): string => `${SPARED} ! ${soundTail(forms)}`;

/** Of one connection, which cannot be held back: what is not taken within two seconds is dropped, so that pictures go on. */
export const soundTailOfConnection = (forms: readonly SoundForm[]): string =>
  `${SPARED} ! queue leaky=downstream max-size-buffers=0 max-size-bytes=4000000 max-size-time=2000000000 ! ${soundTail(forms)}`;

export class SoundOutlet {
  readonly #pipeline: GstPipeline;
  readonly #sink: NativeElement;
  readonly #form: SoundForm;
  readonly #flow: FlowControl | undefined;
  readonly #give: (packet: SoundPacket) => void;
  #ended = false;
  /** The stamp at which the last one ends: several packets may come under one. */
  #next: Nanoseconds | undefined;

  /**
   * @param give gets running times of the pipeline
   * @param isHeld by the flow of its line
   */
  constructor(pipeline: GstPipeline, { form, flow }: SoundLine, give: (packet: SoundPacket) => void, isHeld: boolean) {
    this.#pipeline = pipeline;
    this.#sink = pipeline.find(soundOutlet(form));
    this.#form = form;
    this.#give = give;
    this.#flow = isHeld ? flow : undefined;
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
    const { pts = this.#next } = sample.times;
    if (this.#ended || pts === undefined) return;
    const payload = await sample.copy();
    const packet = this.#form === 'packets' ? encodedPacket(payload, sample.caps ?? '') : samplesOf(payload);
    this.#next = pts + packet.duration;
    const runningTime = sample.runningTimeOf(pts);
    if (!this.#ended && runningTime !== undefined) this.#give({ ...packet, runningTime });
  }
}

function samplesOf(payload: Buffer): Omit<SoundPacket, 'runningTime'> {
  return { payload, caps: SOUND_CAPS, duration: lengthOf(Math.floor(payload.length / SOUND.bytesPerSample)) };
}
