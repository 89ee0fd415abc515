/**
 * Errors that a user reads: a stable code for programs, one sentence that says what was wrong and where, and a hint
 * that says what to do next.
 */
import { redact } from './secrets/redact';

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

/**
 * What is wrong is written in a graph, on a command line or in a file that they name: to try again helps only when that is
 * changed, so a supervisor need not. The other codes are about streams, peers and the machine at work, which may be better in
 * a minute.
 */
const WRONG_AS_WRITTEN: readonly ErrorCode[] = ['bad-graph', 'bad-option', 'bad-launch', 'bad-model', 'bad-usage', 'missing-file', 'missing-plugin'];

export interface ErrorDetails {
  readonly place?: Place | undefined;
  readonly hint?: string | undefined;
  readonly cause?: unknown;
  /** Where it is not as the code has it. */
  readonly permanent?: boolean | undefined;
  readonly trace?: string | undefined;
}

/** What was written, or what is installed, is wrong. */
const PERMANENT: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['bad-option', 'bad-launch', 'bad-caps', 'missing-plugin', 'missing-file', 'set-up']);

/** The only error class that gst-ipl throws on purpose. Anything else is a defect of gst-ipl. Its text holds no secrets. */
export class GstIplError extends Error {
  readonly code: ErrorCode;
  readonly place: Place | undefined;
  readonly hint: string | undefined;
  /**
   * Trying again will not mend it; somebody has to change something. All else is an outage, which may pass by itself. What is
   * tried again and again (live sources, outputs) ends on a permanent fault before it has ever worked; what has worked once is
   * never given up.
   */
  readonly permanent: boolean;
  /** Where it was thrown, for whoever wrote the code that threw it: a stack, of errors that are no sentences of ours. */
  readonly trace: string | undefined;

  constructor(code: ErrorCode, sentence: string, details: ErrorDetails = {}) {
    super(redact(sentence), details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'GstIplError';
    this.code = code;
    this.place = details.place;
    this.hint = details.hint === undefined ? undefined : redact(details.hint);
    this.permanent = details.permanent ?? PERMANENT.has(code);
    this.trace = details.trace === undefined ? undefined : redact(details.trace);
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
  readonly trace?: string | undefined;
}

/** All that is wrong with a graph, found in one check. */
export class GraphError extends GstIplError {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const first = problems[0];
    if (!first) throw new TypeError('A GraphError needs at least one problem.');
    super(first.code, first.message, first);
    this.name = 'GraphError';
    this.problems = problems.map(({ message, hint, trace, ...rest }) => {
      const safe = (text: string | undefined): string | undefined => (text === undefined ? undefined : redact(text));
      return { ...rest, message: redact(message), hint: safe(hint), ...(trace === undefined ? {} : { trace: redact(trace) }) };
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
  const trace = problem.trace ? `\n${problem.trace}` : '';
  return redact(`${place ? `${place}: ` : ''}${problem.message}${hint}${trace}`);
}

/** `file:line:column`, as editors and terminals make clickable, or nothing where the place is not known. */
export function describePlace(place: Place | undefined): string {
  if (!place) return '';
  const position = [place.file, place.line, place.column].filter((part) => part !== undefined).join(':');
  return position || (place.node ? `node ${place.node}` : '');
}

/** What was thrown says: it need not be an Error. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Turns whatever was thrown into a GstIplError, so that one kind of error reaches the user. */
export function asGstIplError(error: unknown, code: ErrorCode, place?: Place): GstIplError {
  if (error instanceof GstIplError) return error;
  return new GstIplError(code, messageOf(error), { place, cause: error, trace: traceOf(error) });
}

/** The stack of what was thrown. Errors with a code of their own (a full disk, a missing file) say all in their sentence. */
export function traceOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || typeof (error as NodeJS.ErrnoException).code === 'string') return undefined;
  return error.stack?.includes('\n    at ') ? error.stack : undefined;
}

/** Nothing was begun, or nothing could have come of it: exit code 2. */
export function isWrongAsWritten(error: GstIplError): boolean {
  return error instanceof GraphError || WRONG_AS_WRITTEN.includes(error.code);
}
