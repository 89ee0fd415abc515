/** The files that the pipelines of a graph write: when a pipeline comes to its end they get their names. */
import { OutputFiles } from '../../gstreamer/output/output-files';
import type { GstPipeline } from '../../gstreamer/pipeline';
import type { PlannedPipeline } from '../plan';

export interface RunFilesHooks {
  /** Pictures that a pipeline was given; undefined where it has sources of its own. */
  pictures(planned: PlannedPipeline): number | undefined;
  warn(node: string | undefined, message: string): void;
  /** What could not get its name, or had no picture. */
  fail(error: unknown, node: string): void;
}

export class RunFiles {
  readonly #hooks: RunFilesHooks;
  readonly #files = new Map<PlannedPipeline, { readonly pipeline: GstPipeline; readonly files: OutputFiles }>();
  readonly #finishing: Promise<void>[] = [];

  constructor(hooks: RunFilesHooks) {
    this.#hooks = hooks;
  }

  /** Before the pipeline starts. @throws GstIplError `missing-file` for a file that cannot be replaced */
  add(planned: PlannedPipeline, pipeline: GstPipeline): void {
    const { owners, sinks } = planned;
    const files = new OutputFiles(pipeline, (name) => sinks.includes(owners.get(name) ?? ''));
    this.#files.set(planned, { pipeline, files });
    this.#warn(planned, files.takenOver);
  }

  /** A pipeline came to its end; one that failed may, too, as muxers do of which one element failed. @param failed something of the run failed */
  finish(planned: PlannedPipeline, failed: boolean): void {
    this.#finishing.push(this.#finish(planned, failed));
  }

  /** Those of pipelines that did not come to their ends. */
  cut(): void {
    for (const planned of this.#files.keys()) this.#cut(planned);
  }

  /** Resolves when all that is whole has its name. */
  async settled(): Promise<void> {
    await Promise.all(this.#finishing);
  }

  async #finish(planned: PlannedPipeline, failed: boolean): Promise<void> {
    const { pipeline, files } = this.#files.get(planned) ?? {};
    if (pipeline?.failure) return this.#cut(planned);
    const [node = planned.name] = planned.sinks;
    try {
      this.#warn(planned, (await files?.finish(this.#hooks.pictures(planned), failed, node)) ?? []);
    } catch (error) {
      this.#hooks.fail(error, node);
    }
  }

  #cut(planned: PlannedPipeline): void {
    this.#warn(planned, this.#files.get(planned)?.files.cut(this.#hooks.pictures(planned)) ?? []);
  }

  #warn({ sinks }: PlannedPipeline, messages: readonly string[]): void {
    for (const message of messages) this.#hooks.warn(sinks[0], message);
  }
}
