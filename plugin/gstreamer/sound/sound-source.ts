/** The sound of a source that has a pipeline of its own for it: started again when it breaks, heard of by who takes it. */
import type { GraphClock } from '../../core/clocks/graph-clock';
import { GstIplError, asGstIplError } from '../../core/errors';
import type { SoundLine, SoundPacket } from '../../core/sound/sound-line';
import type { SoundOrigin, SoundRestart } from '../../core/sound/sound-origin';
import { MILLISECOND, type Nanoseconds } from '../../core/time';
import { nameElements } from '../launch/launch';
import { GstPipeline } from '../pipeline';
import { SoundOutlet, soundTail } from './sound-outlet';

export interface SoundSourceContext {
  readonly node: string;
  readonly clock: GraphClock;
  /** By how much later than that of the graph the running time of files begins. */
  offset(): Nanoseconds;
  warn(message: string): void;
}

export class SoundSource {
  readonly #origin: Extract<SoundOrigin, { kind: 'own' }>;
  readonly #context: SoundSourceContext;
  /** One for each form. */
  readonly #lines: readonly SoundLine[];
  #pipeline: GstPipeline | undefined;
  #outlets: readonly SoundOutlet[] = [];
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  #gone: Promise<unknown> = Promise.resolve();

  constructor(origin: Extract<SoundOrigin, { kind: 'own' }>, lines: readonly SoundLine[], context: SoundSourceContext) {
    this.#origin = origin;
    this.#lines = lines;
    this.#context = context;
    for (const line of lines) line.waits = origin.restart === undefined;
  }

  /** Pictures, where sound is wanted, are to GStreamer something that it lacks a decoder for. */
  #explained(error: GstIplError): GstIplError {
    const { node } = this.#context;
    if (error.code !== 'missing-plugin' || !/\b(?:video|image)\//.test(error.message)) return error;
    return new GstIplError('bad-option', `Node "${node}": Its launch gives video, and its sound is asked for.`, {
      place: { node },
      hint: 'Name a source of sound with `audio`, such as `mic: { use: source, launch: "alsasrc" }`.',
      permanent: true,
    });
  }

  /** Resolves when it plays, or cannot. */
  async start(): Promise<void> {
    try {
      await this.#start();
    } catch (error) {
      this.#lost(this.#explained(asGstIplError(error, 'pipeline-failed', { node: this.#context.node })));
    }
  }

  /** Nothing comes from now on. Resolves when GStreamer has let go of it, or hangs in it. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#drop();
    this.#end();
    await this.#gone;
  }

  async #start(): Promise<void> {
    const { node, clock } = this.#context;
    const { launch, link } = this.#origin;
    const named = nameElements(`${launch} ${link} ${soundTail(this.#lines.map(({ form }) => form))}`, node);
    const pipeline = new GstPipeline(named.launch, new Map(named.names.map((name) => [name, node])));
    // The clock of a sound card runs at its own pace; pictures are stamped by the system's, and GStreamer's sources then follow that.
    pipeline.useSystemClock();
    this.#pipeline = pipeline;
    pipeline.events.subscribe((event) => {
      if (event.type === 'error' && pipeline === this.#pipeline) this.#lost(this.#explained(event.error));
    });
    // A file is read ahead of its pictures, and its sound has their times; what is live has the time at which it came.
    if (!(await pipeline.prepare())) return;
    const isLive = pipeline.isLive;
    for (const line of this.#lines) Object.assign(line, { waits: !isLive, canBeHeld: !isLive });
    const zero = await pipeline.playOnClock();
    if (zero === undefined || pipeline !== this.#pipeline) return;
    const begin = (): Nanoseconds => (isLive ? clock.runningTimeOf(zero) : this.#context.offset());
    this.#outlets = this.#lines.map((line) => {
      const give = (packet: SoundPacket): void => {
        this.#failures = 0;
        line.push({ ...packet, runningTime: packet.runningTime + begin() });
      };
      return new SoundOutlet(pipeline, line, give, !isLive);
    });
    void this.#run(pipeline);
  }

  async #run(pipeline: GstPipeline): Promise<void> {
    await Promise.all(this.#outlets.map((outlet) => outlet.run()));
    await pipeline.drainBus();
    if (pipeline === this.#pipeline && !pipeline.failure) this.#ended();
  }

  #ended(): void {
    if (this.#lines.some(({ waits }) => waits)) {
      this.#drop();
      return this.#end();
    }
    const { node } = this.#context;
    this.#lost(new GstIplError('pipeline-failed', `Node "${node}": The sound has ended.`, { place: { node } }));
  }

  #lost(error: GstIplError): void {
    this.#drop();
    if (this.#stopped) return;
    const { restart } = this.#origin;
    this.#failures += 1;
    const { message, hint } = error;
    if (!restart || this.#failures > restart.attempts || (error.permanent && !this.#lines.some(({ came }) => came))) {
      if (restart) this.#context.warn(`${message} No more sound comes from it.${hint ? ` ${hint}` : ''}`);
      return this.#end();
    }
    if (this.#failures === 1) this.#context.warn(`${message} Its sound is tried again and again.${hint ? ` ${hint}` : ''}`);
    const begin = (): void => void this.#gone.then(() => (this.#stopped ? undefined : this.start()));
    this.#timer = setTimeout(begin, Number(pauseBefore(this.#failures, restart) / MILLISECOND));
  }

  #end(): void {
    for (const line of this.#lines) line.end();
  }

  #drop(): void {
    clearTimeout(this.#timer);
    const pipeline = this.#pipeline;
    this.#pipeline = undefined;
    for (const outlet of this.#outlets) outlet.end();
    if (pipeline) this.#gone = pipeline.stop();
  }
}

function pauseBefore(failures: number, { delay, longest }: SoundRestart): Nanoseconds {
  const grown = delay * 2n ** BigInt(Math.min(failures - 1, 30));
  return grown < longest ? grown : longest;
}
