/** Samples that an encoder makes a track of. */
import { lengthOf, SOUND_CAPS, type SoundPacket } from '../../core/sound/sound-line';
import type { Nanoseconds } from '../../core/time';
import { encoderDelay, packetFrom, soundEncoder, type SoundCodec } from './sound-codecs';
import { SampleTrack } from './sample-track';
import type { Piece, SoundChain, Track } from './track';

export class EncodedTrack implements Track {
  readonly delay: Nanoseconds;
  readonly #codec: SoundCodec;
  readonly #samples = new SampleTrack();
  #first: Nanoseconds = 0n;

  constructor(codec: SoundCodec) {
    this.#codec = codec;
    this.delay = encoderDelay(codec);
  }

  get waiting(): SampleTrack['waiting'] {
    return this.#samples.waiting;
  }

  get position(): Nanoseconds {
    return this.#samples.position;
  }

  add(packet: SoundPacket): boolean {
    this.waiting.add(packet);
    return true;
  }

  chain(): SoundChain {
    return { codec: this.#codec, caps: SOUND_CAPS, launch: soundEncoder(this.#codec) };
  }

  /** The encoder's first packet gets the time of the first sample: what sounds later by its delay is left out. */
  begin(at: Nanoseconds): void {
    this.#first = at;
    this.#samples.begin(at + this.delay);
  }

  /** All sources are converted to the same. */
  needsAnother(): boolean {
    return false;
  }

  take(until: Nanoseconds, fill: Nanoseconds): Piece[] {
    const pts = this.#end;
    const data = this.#samples.take(until, fill);
    return data.length === 0 ? [] : [{ data, pts, duration: this.#end - pts }];
  }

  packetFrom(time: Nanoseconds): Nanoseconds {
    return packetFrom(this.#codec, this.#first, time);
  }

  get #end(): Nanoseconds {
    return this.#first + lengthOf(this.#samples.count);
  }
}
