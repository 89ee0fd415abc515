/** A job as data: the same for every runner, on any machine. */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { PACKAGE_FOLDER } from '../core/package-folder';

export type JobKind = 'photographs' | 'recording';

export interface JobSpec {
  /** Of what it is made from, how, and where it goes: the same job has the same id wherever and how often it is given. */
  readonly id: string;
  readonly kind: JobKind;
  readonly inputs: readonly string[];
  readonly output: string;
  /** Of `gst-ipl fuse`, as `--name=value`; for a recording those that are its graph's parameters. */
  readonly options: readonly string[];
  /** Of gst-ipl: another one may make other pictures. */
  readonly version: string;
}

/** @param identity of what goes in (journal.ts) @param place of the output, as all who share it call it */
export function jobId(identity: string, place: string): string {
  return createHash('sha256').update(JSON.stringify([identity, place])).digest('hex');
}

/** Three recordings, or one whose exposures alternate. */
const GRAPHS: Readonly<Record<number, { graph: string; parameters: readonly string[] }>> = {
  1: { graph: 'alternating-stream.yaml', parameters: ['camera'] },
  3: { graph: 'three-files.yaml', parameters: ['under', 'mid', 'over'] },
};

/** Of the options of `gst-ipl fuse`, those that recordings have, too: what the graphs have as parameters. */
export const optionsFor = (kind: JobKind, options: readonly string[]): readonly string[] =>
  (kind === 'photographs' ? options : options.filter((option) => /^--(highlights|shadows)=/.test(option)));

/** What `gst-ipl` is to be given, so that it writes the job's output to `output`. */
export function argumentsOf({ kind, inputs, options }: JobSpec, output: string): string[] {
  if (kind === 'photographs') return ['fuse', ...options, '-o', output, '--', ...inputs];
  const found = GRAPHS[inputs.length];
  if (!found) throw new TypeError(`${inputs.length} recordings are no job`);
  const settings = [...found.parameters.map((name, index) => `${name}=${path.resolve(inputs[index])}`), `out=${path.resolve(output)}`, ...options.map((option) => option.replace(/^--/, ''))];
  return ['run', path.join(PACKAGE_FOLDER, 'graphs', found.graph), '--log', 'pretty', ...settings.flatMap((setting) => ['--set', setting])];
}

