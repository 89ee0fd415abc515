/** A job as it lies in the queue: files by their place in the shared folder. What comes out of the queue is not trusted. */
import { GstIplError } from '../core/errors';
import { GRAPH_PARAMETERS, type JobKind, type JobSpec } from '../batch/job';
import type { SharedFolder } from './shared-folder';

/** Of everything that this program puts into a Redis. */
export const QUEUE = 'gst-ipl';

export interface QueuedJob {
  readonly kind: JobKind;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly options: readonly string[];
  readonly version: string;
}

/** What a worker gives back. */
export interface Done {
  readonly seconds: number;
  readonly messages: readonly string[];
  /** SHA-256 of the output. */
  readonly sum: string;
}

/** As many inputs, and which options besides those of `gst-ipl fuse`. A day in segments of a minute has 1440. */
const KINDS: Readonly<Record<JobKind, { readonly most: number; readonly options?: readonly string[] }>> = {
  photographs: { most: 9 },
  recording: { most: 3, options: GRAPH_PARAMETERS },
  segment: { most: 3, options: [...GRAPH_PARAMETERS, 'from', 'until', 'lead-in', 'lead-out'] },
  join: { most: 50_000, options: ['recordings'] },
};

/** Of plugin/batch/job.ts. It becomes a part of the name of a file. */
const ID = /^[\da-f]{64}$/;

/** What a job is called, for a terminal: whoever wrote it may have written anything. */
export const shownName = (name: string): string => name.slice(0, 300).replace(/\p{C}/gu, '?');

export function toQueue({ kind, inputs, output, options, version }: JobSpec, shared: SharedFolder): QueuedJob {
  return { kind, inputs: inputs.map((file) => shared.placeOf(file)), output: shared.placeOf(output), options, version };
}

export interface Accepted {
  readonly shared: SharedFolder;
  readonly version: string;
  /** Names of options that a job may have. */
  readonly options: ReadonlySet<string>;
}

/** @throws GstIplError `bad-usage` for what no batch puts there */
export function fromQueue(id: string, data: unknown, { shared, version, options: known }: Accepted): JobSpec {
  const { kind, inputs, output, options, version: theirs } = (data ?? {}) as Partial<Record<keyof QueuedJob, unknown>>;
  if (!ID.test(id) || !isKind(kind) || !isTexts(inputs) || inputs.length === 0 || inputs.length > KINDS[kind].most || typeof output !== 'string' || !isTexts(options)) {
    throw new GstIplError('bad-usage', 'It is no job of gst-ipl.');
  }
  if (theirs !== version) {
    throw new GstIplError('bad-usage', `The job is for gst-ipl ${String(theirs)}, and this worker is ${version}: they may make different pictures.`, { hint: 'Run one version on all machines, and the batch again.' });
  }
  const may = new Set(KINDS[kind].options ?? known);
  const unknown = options.find((option) => !may.has(/^--([a-z-]+)(?:=|$)/.exec(option)?.[1] ?? ''));
  if (unknown !== undefined) throw new GstIplError('bad-usage', `The job has an option that none has: ${JSON.stringify(unknown.slice(0, 40))}.`);
  return { id, kind, inputs: inputs.map((place) => shared.fileAt(place)), output: shared.fileAt(output), options, version };
}

const isKind = (kind: unknown): kind is JobKind => typeof kind === 'string' && Object.hasOwn(KINDS, kind);

const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every((one) => typeof one === 'string' && !one.includes('\0'));
