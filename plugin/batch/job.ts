/** A job as data: the same for every runner, on any machine. */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { PACKAGE_FOLDER } from '../core/package-folder';

/** A recording is made by one process; or each of its segments by one, and another joins them (flow.ts). */
export type JobKind = 'photographs' | 'recording' | 'segment' | 'join';

export interface JobSpec {
  /** Of what it is made from, how, and where it goes: the same job has the same id wherever and how often it is given. */
  readonly id: string;
  readonly kind: JobKind;
  readonly inputs: readonly string[];
  readonly output: string;
  /** Of `gst-ipl fuse`, as `--name=value`; for recordings those that are their graph's parameters, and for a segment those of `gst-ipl segment`, too. */
  readonly options: readonly string[];
  /** Of gst-ipl: another one may make other pictures. */
  readonly version: string;
}

/** @param identity of what goes in (journal.ts) @param place of the output, as all who share it call it */
export function jobId(identity: string, place: string): string {
  return createHash('sha256').update(JSON.stringify([identity, place])).digest('hex');
}

/** Three recordings, or one whose exposures alternate. */
const GRAPHS: Readonly<Record<number, { graph: string; parameters: readonly string[]; cycle: number }>> = {
  // How long the cycle is the pictures say; so much is right for two exposures, and enough for five.
  1: { graph: 'alternating-stream.yaml', parameters: ['camera'], cycle: 3 },
  3: { graph: 'three-files.yaml', parameters: ['under', 'mid', 'over'], cycle: 1 },
};

function graphOf(recordings: number): (typeof GRAPHS)[number] {
  const found = GRAPHS[recordings];
  if (!found) throw new TypeError(`${recordings} recordings are no job`);
  return found;
}

/** What a join is told of the recordings whose segments it joins: how many there are, which is what their graph is known by. */
export const joinOptions = (recordings: number): string[] => [`--recordings=${recordings}`];
const recordingsOf = ([option = '']: readonly string[]): number => Number(option.split('=')[1]);

const fileOf = ({ graph }: (typeof GRAPHS)[number]): string => path.join(PACKAGE_FOLDER, 'graphs', graph);

/** Those options of `gst-ipl fuse` that recordings have, too: what their graphs have as parameters. */
export const GRAPH_PARAMETERS: readonly string[] = ['strength', 'highlights', 'shadows', 'saturation', 'denoise'];
const isParameter = (option: string): boolean => GRAPH_PARAMETERS.some((name) => option.startsWith(`--${name}=`));

export const optionsFor = (kind: JobKind, options: readonly string[]): readonly string[] => (kind === 'photographs' ? options : options.filter(isParameter));

/** What `gst-ipl` is to be given, so that it writes the job's output to `output`. */
export function argumentsOf({ kind, inputs, options }: JobSpec, output: string): string[] {
  if (kind === 'photographs') return ['fuse', ...options, '-o', output, '--', ...inputs];
  if (kind === 'join') return ['segment', 'join', '-o', output, '--', fileOf(graphOf(recordingsOf(options))), ...inputs];
  const found = graphOf(inputs.length);
  const values = [...found.parameters.map((name, index) => `${name}=${path.resolve(inputs[index])}`), ...options.filter(isParameter).map((option) => option.replace(/^--/, ''))];
  const settings = values.flatMap((value) => ['--set', value]);
  if (kind === 'segment') return ['segment', 'fuse', fileOf(found), ...options.filter((option) => !isParameter(option)), ...settings, '-o', path.resolve(output)];
  return ['run', fileOf(found), '--log', 'pretty', ...settings, '--set', `out=${path.resolve(output)}`];
}

/** What says where a recording is to be cut: by the middle exposure, which is the reference. */
export function cuttingArguments({ inputs }: JobSpec, every: number): string[] {
  const { cycle } = graphOf(inputs.length);
  return ['segment', 'cut', '--every', `${every}s`, '--cycle', String(cycle), '--', inputs[Math.floor(inputs.length / 2)]];
}
