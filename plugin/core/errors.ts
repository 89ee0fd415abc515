/**
 * Errors that a user reads: a stable code for programs, one sentence that says what was wrong and where, and a hint
 * that says what to do next.
 */
import { redact } from './redact';

/** Where in a user's input the error lies. Lines and columns count from 1. */
export interface Place {
  /** File name, or a description such as "--set". */
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  /** Name of the graph node. */
  readonly node?: string;
}

export type ErrorCode =
  | 'bad-graph'
  | 'bad-option'
  | 'bad-launch'
  | 'missing-plugin'
  | 'missing-file'
  | 'bad-model'
  | 'bad-caps'
  | 'bad-exposures'
  | 'pipeline-failed'
  | 'no-pictures'
  | 'worker-failed'
  | 'bad-usage'
  | 'set-up';

export interface ErrorDetails {
  readonly place?: Place | undefined;
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/** The only error class that gst-ipl throws on purpose. Anything else is a defect of gst-ipl. Its text holds no secrets. */
export class GstIplError extends Error {
  readonly code: ErrorCode;
  readonly place: Place | undefined;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, sentence: string, details: ErrorDetails = {}) {
    super(redact(sentence), details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'GstIplError';
    this.code = code;
    this.place = details.place;
    this.hint = details.hint === undefined ? undefined : redact(details.hint);
  }

  /** The error as a terminal shows it: `file:line:column: sentence` and the hint on a line of its own. */
  describe(): string {
    return describeProblem(this);
  }
}

/** One of several things wrong with one graph file. */
export interface Problem {
  readonly code: ErrorCode;
  readonly message: string;
  readonly place?: Place | undefined;
  readonly hint?: string | undefined;
}

/** All that is wrong with a graph, found in one check. */
export class GraphError extends GstIplError {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const first = problems[0];
    if (!first) throw new TypeError('A GraphError needs at least one problem.');
    super(first.code, first.message, { place: first.place, hint: first.hint });
    this.name = 'GraphError';
    this.problems = problems.map(({ message, hint, ...rest }) => {
      return { ...rest, message: redact(message), hint: hint === undefined ? undefined : redact(hint) };
    });
  }

  override describe(): string {
    return this.problems.map(describeProblem).join('\n');
  }
}

export function describeProblem(problem: Problem): string {
  const { file, node } = problem.place ?? {};
  // Most sentences name their node themselves.
  const place = file === undefined && problem.message.includes(`"${node}"`) ? '' : describePlace(problem.place);
  const hint = problem.hint ? `\n    ${problem.hint}` : '';
  return redact(`${place ? `${place}: ` : ''}${problem.message}${hint}`);
}

/** `file:line:column`, as editors and terminals make clickable, or nothing where the place is not known. */
export function describePlace(place: Place | undefined): string {
  if (!place) return '';
  const position = [place.file, place.line, place.column].filter((part) => part !== undefined).join(':');
  return position || (place.node ? `node ${place.node}` : '');
}

/** Turns whatever was thrown into a GstIplError, so that one kind of error reaches the user. */
export function asGstIplError(error: unknown, code: ErrorCode, place?: Place): GstIplError {
  if (error instanceof GstIplError) return error;
  const sentence = error instanceof Error ? error.message : String(error);
  return new GstIplError(code, sentence, { place, cause: error });
}
