/**
 * The sound of an output: feeds it into the output's pipeline beside the pictures, so that both come out together.
 *
 * Sound is there before the pictures of its time, which are fused first: it waits here, and goes in with each picture up to where that
 * ends. A muxer waits for both, and a picture must never wait for sound for long: what has not come after GRACE is silence, and once it
 * is lost, silence comes with each picture at once. From a file sound can be waited for, and so it is.
 */
import { conditionsBy, type Condition } from '../../core/metrics/conditions';
import type { StageContext } from '../../core/element';
import type { Frame } from '../../core/frames/frame';
import { unlessStuck } from '../../core/clocks/patience';
import { MILLISECOND, SECOND, type Nanoseconds } from '../../core/time';
import { lengthOf, SOUND_CAPS, type SoundLine } from '../../core/sound/sound-line';
import type { Subscription } from 'rxjs';
import type { NativeElement } from '../binding';
import type { GstPipeline } from '../pipeline';
import { encoderDelay, packetFrom, soundEncoder, type SoundCodec } from './sound-codecs';
import { SoundTrack } from './sound-track';

const INLET = 'sound_inlet';

/** Encoders and muxers look ahead by a packet or two: sound that is there goes in so much earlier, and no picture waits for the next. */
const AHEAD: Nanoseconds = 100n * MILLISECOND;

/** How much later than its pictures sound may come: more than a network's jitter buffers hold, less than viewers would mind. */
const GRACE: Nanoseconds = SECOND;

/** Before an output begins it waits so long to see whether there is sound at all; once. */
const FIRST_SOUND_MS = 1_000;

/** Of silence in this process, while a file is read. */
const STUCK_MS = 5_000;

/** What is read ahead of the pictures, where it can be held back. */
const READ_AHEAD: Nanoseconds = 2n * SECOND;

/**
 * In front of a muxer that waits for sound, pictures wait: for GRACE, and what encoders and muxers add. A second of 100 Mbit/s is 12 MB.
 */
const WAITING_PICTURES = 'queue max-size-buffers=0 max-size-bytes=64000000 max-size-time=5000000000';
const WAITING_SOUND = 'queue max-size-buffers=0 max-size-bytes=4000000 max-size-time=5000000000';

export class SoundFeed {
  readonly #line: SoundLine;
  readonly #codec: SoundCodec;
  readonly #name: string;
  readonly #context: Pick<StageContext, 'node' | 'warn'>;
  readonly #silent: Condition;
  readonly #track = new SoundTrack();
  readonly #subscription: Subscription;
  #inlet: NativeElement | undefined;
  #pipeline: GstPipeline | undefined;
  #first: Nanoseconds = 0n;
  #begun = false;
  /** Sound came until now. */
  #flows = false;
  #waited = false;
  #toldNone = false;
  #wake: () => void = () => undefined;

  /** @param name of the node whose sound it is */
  constructor(line: SoundLine, name: string, codec: SoundCodec, context: StageContext) {
    this.#line = line;
    this.#name = name;
    this.#codec = codec;
    this.#context = context;
    this.#silent = conditionsBy(context)('silent', { holds: true, degrades: true });
    this.#subscription = line.packets.subscribe({
      next: (packet) => {
        this.#track.add(packet);
        this.#arrived();
      },
      complete: () => this.#wake(),
    });
  }

  /**
   * The chains of a pipeline around a muxer.
   * @param pictures up to where the muxer's begins
   * @param muxer with a name, and what is behind it
   * @param pad of the muxer, for sound
   */
  async launch(pictures: string, muxer: string, pad: string): Promise<string> {
    if (!(await this.#isThereAny())) return `${pictures} ! ${muxer}`;
    return (
      `${pictures} ! ${WAITING_PICTURES} ! ${muxer}  ` +
      `appsrc name=${INLET} format=time block=false max-bytes=0 caps="${SOUND_CAPS}" ! ${soundEncoder(this.#codec)} ! ${WAITING_SOUND} ! ${pad}`
    );
  }

  /** A pipeline was made, with what `launch` gave. */
  attach(pipeline: GstPipeline): void {
    this.#pipeline = pipeline;
    this.#inlet = pipeline.findInside(INLET);
    this.#begun = false;
  }

  detach(): void {
    this.#pipeline = undefined;
    this.#inlet = undefined;
  }

  /** To be called before a picture is written. Resolves at once where sound is live. */
  async feed({ runningTime, duration = 0n }: Frame): Promise<void> {
    const end = runningTime + duration;
    if (!this.#inlet || !this.#pipeline) return this.skip(runningTime);
    // An appsrc loses what it gets before it is started.
    if (!(await this.#pipeline.play())) return;
    if (!this.#begun) this.#begin(runningTime);
    if (this.#line.waits) await this.#read(end + AHEAD + encoderDelay(this.#codec));
    await this.#push(end, this.#hopeless(end));
    this.#hold();
  }

  /** A picture is written nowhere, and neither is its sound. */
  skip(runningTime: Nanoseconds): void {
    this.#track.forget(runningTime);
    this.#hold();
  }

  /** No picture follows. @param end of the last */
  async end(end: Nanoseconds): Promise<void> {
    const inlet = this.#inlet;
    if (!inlet || !this.#begun) return inlet?.endStream();
    await this.#push(end, end + encoderDelay(this.#codec), 0n);
    inlet.endStream();
  }

  close(): void {
    this.#subscription.unsubscribe();
    this.#line.flow.release(this);
    this.#wake();
  }

  /** When the sound of a file begins whose pictures begin at a time; undefined where it has none. */
  beginOf(pictures: Nanoseconds): Nanoseconds | undefined {
    return this.#inlet && packetFrom(this.#codec, this.#first, pictures);
  }

  #begin(at: Nanoseconds): void {
    this.#begun = true;
    this.#first = at;
    this.#track.begin(at + encoderDelay(this.#codec));
  }

  async #push(end: Nanoseconds, fill: Nanoseconds, ahead = AHEAD): Promise<void> {
    const delay = encoderDelay(this.#codec);
    const pts = this.#first + lengthOf(this.#track.samples);
    const sound = this.#track.take(end + delay + ahead, fill);
    if (sound.length === 0) return;
    const duration = this.#first + lengthOf(this.#track.samples) - pts;
    await this.#inlet?.push(sound, { pts, duration });
  }

  /** The time up to which sound that is not there will not come. */
  #hopeless(end: Nanoseconds): Nanoseconds {
    const missing = end - this.#track.position;
    if (this.#line.over || this.#line.waits) this.#flows &&= !this.#line.over;
    else if (missing > GRACE && this.#track.end === undefined) this.#flows = false;
    this.#tell();
    return this.#flows ? end - GRACE : end;
  }

  #tell(): void {
    if (this.#flows) return;
    // A file that ends before its pictures do is none that was lost.
    if (!this.#line.came) return this.#tellNone();
    if (!this.#line.waits) this.#silent.raise(`Node "${this.#context.node}": The sound of "${this.#name}" has stopped; the video goes on, with silence.`);
  }

  #tellNone(): void {
    if (this.#toldNone) return;
    this.#toldNone = true;
    const more = this.#line.over ? 'the video goes without' : 'the video goes with silence until there is';
    this.#context.warn(`Node "${this.#context.node}": "${this.#name}" has no sound; ${more}.`);
  }

  #arrived(): void {
    if (!this.#flows) {
      this.#flows = true;
      this.#silent.end(`Node "${this.#context.node}": The sound of "${this.#name}" is back.`);
    }
    this.#hold();
    this.#wake();
  }

  /** Sound that can be held back waits for its pictures where it is. */
  #hold(): void {
    const { canBeHeld, flow } = this.#line;
    if (!canBeHeld) return;
    const ahead = (this.#track.end ?? 0n) - this.#track.begun;
    if (ahead > READ_AHEAD) flow.hold(this);
    else flow.release(this);
  }

  /** Resolves when there is sound up to a time, or none can be hoped for. */
  async #read(until: Nanoseconds): Promise<void> {
    let stuck = false;
    while (!stuck && !this.#line.over && (this.#track.end ?? this.#track.position) < until) {
      await unlessStuck(STUCK_MS, this.#news(), () => {
        stuck = true;
        this.#wake();
      });
    }
    if (stuck) this.#line.waits = false;
  }

  /** Whether an output should have a track for it. */
  async #isThereAny(): Promise<boolean> {
    if (!this.#line.came && !this.#line.over && !this.#waited) {
      this.#waited = true;
      const longest = this.#line.waits ? STUCK_MS : FIRST_SOUND_MS;
      const timer = setTimeout(() => this.#wake(), longest);
      await this.#news();
      clearTimeout(timer);
    }
    if (this.#line.came || !this.#line.over) return true;
    this.#tellNone();
    return false;
  }

  #news(): Promise<void> {
    return new Promise((resolve) => (this.#wake = resolve));
  }
}
