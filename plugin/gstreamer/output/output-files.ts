/**
 * The files that the `filesink`s of a pipeline write: to a temporary name, which becomes theirs when they are whole (see
 * core/files/output-file.ts). Other elements that write files, such as splitmuxsink, name them themselves. A `filesink append=true`
 * adds to what is there, so it writes there.
 */
import { GstIplError } from '../../core/errors';
import { OutputFile } from '../../core/files/output-file';
import type { NativeElement } from '../binding';
import { elementsOf } from '../launch/launch';
import type { GstPipeline } from '../pipeline';

/** A part of one picture is nothing. */
const WORTH_KEEPING = 2;

export class OutputFiles {
  #files: OutputFile[];
  /** Sentences for the user: what runs that were killed left of these files. */
  readonly takenOver: readonly string[];

  /**
   * To be made before the pipeline starts.
   * @param isOutput whether a `filesink` of that name is to be looked after
   * @throws GstIplError `missing-file` for a file that cannot be replaced
   */
  constructor(pipeline: GstPipeline, isOutput: (name: string) => boolean = () => true) {
    const names = elementsOf(pipeline.launch).flatMap(({ factory, name }) => (factory === 'filesink' && name !== undefined ? [name] : []));
    this.#files = names.filter(isOutput).flatMap((name) => begin(pipeline.find(name)));
    const left = this.#files.flatMap((file) => file.leftovers());
    this.takenOver = left.flatMap((file) => keepCut(file, 'was being written when an earlier run was killed; what there is of it'));
  }

  /** The names that were asked for. */
  get names(): string[] {
    return this.#files.map(({ location }) => location);
  }

  /**
   * The pipeline came to its end, and every sink has finished.
   * @param pictures how many it was given; undefined where only the files show whether there were any
   * @param node name for messages
   * @param failed something else of the run failed: what it made is whole, but takes nobody's place
   * @returns sentences for the user
   * @throws GstIplError `no-pictures` where nothing was written, `pipeline-failed` where a file could not get its name
   */
  async finish(pictures: number | undefined, failed: boolean, node?: string): Promise<string[]> {
    const files = this.#drain();
    const empty = files.filter((file) => pictures === 0 || file.isEmpty);
    for (const file of empty) file.remove();
    const told: string[] = [];
    for (const file of files) {
      if (empty.includes(file)) continue;
      if (failed && file.replaces) told.push(...keepCut(file, 'is as it was before, because the run failed; what it made'));
      else await file.finish();
    }
    if (empty.length > 0 && !failed) throw noPictures(empty.map(({ location }) => location), node);
    return told;
  }

  /**
   * The pipeline was ended, or failed, before its end.
   * @returns sentences for the user
   */
  cut(pictures = WORTH_KEEPING): string[] {
    return this.#drain().flatMap((file) => (pictures < WORTH_KEEPING ? (file.remove() ?? []) : keepCut(file, 'was not finished; what was written of it')));
  }

  /** What is done with a file is done once. */
  #drain(): OutputFile[] {
    const files = this.#files;
    this.#files = [];
    return files;
  }
}

export function noPictures(files: readonly string[], node?: string): GstIplError {
  const who = node === undefined ? 'No frame came' : `Node "${node}" got no frame`;
  const what = files.length === 0 ? '' : `; nothing was written to "${files.join('", "')}"`;
  return new GstIplError('no-pictures', `${who}${what}.`, {
    place: node === undefined ? undefined : { node },
    hint: `The sources ended, or were stopped, before there was one; warnings say why.${files.length === 0 ? '' : ' What was there before is as it was.'}`,
  });
}

function begin(element: NativeElement): OutputFile[] {
  const location = element.get('location');
  if (typeof location !== 'string' || element.get('append') === true) return [];
  const file = OutputFile.at(location);
  if (!file) return [];
  element.set('location', file.temporary);
  return [file];
}

function keepCut(file: OutputFile, why: string): string[] {
  const kept = file.keepCut();
  return kept === undefined ? [] : [`"${file.location}" ${why} is kept as "${kept}".`];
}
