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
import type { SoundLine, SoundPacket } from '../../core/sound/sound-line';
import type { Subscription } from 'rxjs';
import type { NativeElement } from '../binding';
import type { GstPipeline } from '../pipeline';
import { CopiedTrack } from './copied-track';
import { nameOfSound, packetFormat } from './encoded-packet';
import { EncodedTrack } from './encoded-track';
import type { SoundChoice } from './sound-codecs';
import { isTakenBy, type SoundContainer } from './sound-container';
import type { Track } from './track';

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

export interface SoundFeedSettings {
  /** The node whose sound it is. */
  readonly audio: string;
  readonly audioCodec: SoundChoice;
  readonly container: SoundContainer;
}

export class SoundFeed {
  readonly #line: SoundLine;
  readonly #name: string;
  readonly #container: SoundContainer;
  readonly #context: Pick<StageContext, 'node' | 'warn'>;
  readonly #silent: Condition;
  readonly #track: Track;
  readonly #subscription: Subscription;
  #inlet: NativeElement | undefined;
  #pipeline: GstPipeline | undefined;
  /** Of what goes in. */
  #caps = '';
  #begun = false;
  /** Sound came until now. */
  #flows = false;
  #waited = false;
  #toldNone = false;
  /** What came last and could not be taken. */
  #refused: string | undefined;
  #wake: () => void = () => undefined;

  constructor(line: SoundLine, { audio, audioCodec, container }: SoundFeedSettings, context: StageContext) {
    this.#line = line;
    this.#name = audio;
    this.#container = container;
    this.#track = audioCodec === 'copy' ? new CopiedTrack((format) => isTakenBy(container, format)) : new EncodedTrack(audioCodec);
    this.#context = context;
    this.#silent = conditionsBy(context)('silent', { holds: true, degrades: true });
    this.#subscription = line.packets.subscribe({
      next: (packet) => (this.#track.add(packet) ? this.#arrived() : this.#refuse(packet)),
      complete: () => this.#wake(),
    });
  }

  /**
   * The chains of a pipeline around a muxer.
   * @param pictures up to where the muxer's begins
   * @param muxer with a name, and what is behind it
   */
  async launch(pictures: string, muxer: string): Promise<string> {
    const chain = (await this.#isThereAny()) ? this.#track.chain() : undefined;
    this.#caps = chain?.caps ?? '';
    if (!chain) {
      if (!this.#line.came) this.#tellNone();
      return `${pictures} ! ${muxer}`;
    }
    const { pad, properties } = this.#container;
    return (
      `${pictures} ! ${WAITING_PICTURES} ! ${muxer} ${properties?.[chain.codec] ?? ''} ` +
      `appsrc name=${INLET} format=time block=false max-bytes=0 ! ${chain.launch} ! ${WAITING_SOUND} ! ${pad}`
    );
  }

  /** Whether the sound of a picture, as it is now, cannot go into the pipeline that there is. */
  needsAnother({ runningTime, duration = 0n }: Frame): boolean {
    return this.#track.needsAnother(runningTime + duration);
  }

  /** A pipeline was made, with what `launch` gave. */
  attach(pipeline: GstPipeline): void {
    this.#pipeline = pipeline;
    this.#inlet = pipeline.findInside(INLET);
    this.#inlet?.setCaps(this.#caps);
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
    if (this.#line.waits) await this.#read(end + AHEAD + this.#track.delay);
    await this.#push(end, this.#hopeless(end));
    this.#hold();
  }

  /** A picture is written nowhere, and neither is its sound. */
  skip(runningTime: Nanoseconds): void {
    this.#track.waiting.forget(runningTime);
    this.#hold();
  }

  /** No picture follows. @param end of the last */
  async end(end: Nanoseconds): Promise<void> {
    const inlet = this.#inlet;
    if (!inlet || !this.#begun) return inlet?.endStream();
    await this.#push(end, end + this.#track.delay, 0n);
    inlet.endStream();
  }

  close(): void {
    this.#subscription.unsubscribe();
    this.#line.flow.release(this);
    this.#wake();
  }

  /** When the sound of a file begins whose pictures begin at a time; undefined where it has none. */
  beginOf(pictures: Nanoseconds): Nanoseconds | undefined {
    return this.#inlet && this.#track.packetFrom(pictures);
  }

  #begin(at: Nanoseconds): void {
    this.#begun = true;
    this.#track.begin(at);
  }

  async #push(end: Nanoseconds, fill: Nanoseconds, ahead = AHEAD): Promise<void> {
    for (const { data, pts, duration } of this.#track.take(end + this.#track.delay + ahead, fill)) await this.#inlet?.push(data, { pts, duration });
  }

  /** The time up to which sound that is not there will not come. */
  #hopeless(end: Nanoseconds): Nanoseconds {
    const missing = end - this.#track.position;
    if (this.#line.over || this.#line.waits) this.#flows &&= !this.#line.over;
    else if (missing > GRACE && this.#track.waiting.end === undefined) this.#flows = false;
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
    const [without, live] = ['the video goes without', 'until there is'];
    const more = this.#line.over ? without : `${this.#track.chain() ? 'the video goes with silence' : without} ${live}`;
    this.#context.warn(`Node "${this.#context.node}": "${this.#name}" has no sound; ${more}.`);
  }

  /** It is there, and cannot be passed on: said once, as a loss, because only a change of the graph or of the source ends it. */
  #refuse({ caps }: SoundPacket): void {
    if (caps === this.#refused) return this.#wake();
    this.#refused = caps;
    const why = packetFormat(caps) ? `which ${this.#container.what} cannot carry as it is` : 'which is not passed through: only AAC and Opus are';
    const hint = this.#container.codecs.includes('opus') ? '`audioCodec: aac` or `opus`' : '`audioCodec: aac`';
    this.#silent.raise(`Node "${this.#context.node}": The sound of "${this.#name}" is ${nameOfSound(caps)}, ${why}; the video goes on without it. Write ${hint}, and it is encoded.`);
    this.#wake();
  }

  #arrived(): void {
    this.#refused = undefined;
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
    const { end = 0n, begun } = this.#track.waiting;
    const ahead = end - begun;
    if (ahead > READ_AHEAD) flow.hold(this);
    else flow.release(this);
  }

  /** Resolves when there is sound up to a time, or none can be hoped for. */
  async #read(until: Nanoseconds): Promise<void> {
    let stuck = false;
    while (!stuck && !this.#line.over && (this.#track.waiting.end ?? this.#track.position) < until) {
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
    return this.#line.came || !this.#line.over;
  }

  #news(): Promise<void> {
    return new Promise((resolve) => (this.#wake = resolve));
  }
}
