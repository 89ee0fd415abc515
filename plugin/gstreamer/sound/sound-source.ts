/** The sound of a source that has a pipeline of its own for it: started again when it breaks, heard of by who takes it. */
import type { GraphClock } from '../../core/clocks/graph-clock';
import { GstIplError, asGstIplError } from '../../core/errors';
import type { SoundLine } from '../../core/sound/sound-line';
import type { SoundOrigin, SoundRestart } from '../../core/sound/sound-origin';
import { MILLISECOND, type Nanoseconds } from '../../core/time';
import { nameElements } from '../launch/launch';
import { GstPipeline } from '../pipeline';
import { SOUND_TAIL, SoundOutlet } from './sound-outlet';

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
  readonly #line: SoundLine;
  #pipeline: GstPipeline | undefined;
  #outlet: SoundOutlet | undefined;
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  #gone: Promise<unknown> = Promise.resolve();

  constructor(origin: Extract<SoundOrigin, { kind: 'own' }>, line: SoundLine, context: SoundSourceContext) {
    this.#origin = origin;
    this.#line = line;
    this.#context = context;
    line.waits = origin.restart === undefined;
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
    this.#line.end();
    await this.#gone;
  }

  async #start(): Promise<void> {
    const { node, clock } = this.#context;
    const { launch, link } = this.#origin;
    const named = nameElements(`${launch} ${link} ${SOUND_TAIL}`, node);
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
    this.#line.waits = !isLive;
    this.#line.canBeHeld = !isLive;
    const zero = await pipeline.playOnClock();
    if (zero === undefined || pipeline !== this.#pipeline) return;
    const begin = (): Nanoseconds => (isLive ? clock.runningTimeOf(zero) : this.#context.offset());
    const outlet = new SoundOutlet(
      pipeline,
      ({ payload, runningTime }) => {
        this.#failures = 0;
        this.#line.push({ payload, runningTime: runningTime + begin() });
      },
      isLive ? undefined : this.#line.flow,
    );
    this.#outlet = outlet;
    void this.#run(pipeline, outlet);
  }

  async #run(pipeline: GstPipeline, outlet: SoundOutlet): Promise<void> {
    await outlet.run();
    await pipeline.drainBus();
    if (pipeline === this.#pipeline && !pipeline.failure) this.#ended();
  }

  #ended(): void {
    if (this.#line.waits) {
      this.#drop();
      return this.#line.end();
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
    if (!restart || this.#failures > restart.attempts || (!this.#line.came && error.permanent)) {
      if (restart) this.#context.warn(`${message} No more sound comes from it.${hint ? ` ${hint}` : ''}`);
      return this.#line.end();
    }
    if (this.#failures === 1) this.#context.warn(`${message} Its sound is tried again and again.${hint ? ` ${hint}` : ''}`);
    const begin = (): void => void this.#gone.then(() => (this.#stopped ? undefined : this.start()));
    this.#timer = setTimeout(begin, Number(pauseBefore(this.#failures, restart) / MILLISECOND));
  }

  #drop(): void {
    clearTimeout(this.#timer);
    const pipeline = this.#pipeline;
    this.#pipeline = undefined;
    this.#outlet?.end();
    if (pipeline) this.#gone = pipeline.stop();
  }
}

function pauseBefore(failures: number, { delay, longest }: SoundRestart): Nanoseconds {
  const grown = delay * 2n ** BigInt(Math.min(failures - 1, 30));
  return grown < longest ? grown : longest;
}
