/**
 * Asks GStreamer whether it accepts launch fragments, in a process of its own: GStreamer writes to the terminal when it
 * does not, never frees what it parsed, and a broken plugin must not take the program down.
 */
import { GstIplError } from '../../core/errors';
import { misspeltFields } from './caps-fields';
import { capsQuestions, explainCapsAnswers } from './caps-probe';
import { withValues } from './inspect';
import { elementsOf, nameElements } from '../launch/launch';
import { explainLaunchError, isLinkError, type LaunchFinding } from '../launch/launch-error';
import { looseEnds, type Ends } from './loose-ends';
import { FILE_PROPERTIES, type NamedFile } from '../launch/named-files';
import { probe } from './prober';
import { explainBytes, typeQuestions } from './untyped-bytes';

/** Stands for what takes the sound of a fragment. */
const SOUND_PROBE = 'probe_sound';

export interface ProbedFragment {
  readonly launch: string;
  /** Whether frames come in at its beginning. */
  readonly hasInput: boolean;
  /** Whether frames go out at its end. */
  readonly hasOutput: boolean;
  /** It is taken for its sound alone. */
  readonly isSound?: boolean;
}

export interface Probed {
  /** What is wrong with it. */
  readonly findings: readonly LaunchFinding[];
  /** What its elements name outside of the graph; empty where GStreamer refuses the fragment. */
  readonly files: readonly NamedFile[];
}

/** A launch string to be parsed. */
interface Question {
  readonly launch: string;
  /** The elements that more is asked of. */
  readonly elements?: readonly AskedElement[];
}

interface AskedElement {
  readonly name: string;
  /** What the launch string gives its properties. */
  readonly assigned: readonly (readonly [property: string, value: string])[];
}

interface Answer {
  /** GStreamer's message; null where it accepts the string. */
  readonly message: string | null;
  /** In the order of the elements. */
  readonly values: readonly Readonly<Record<string, string | null>>[];
  /** In the order of the elements: what GStreamer does not keep as it is given, but moves into its range, without a word. */
  readonly clamped?: readonly (readonly [property: string, value: string])[][];
  readonly ends?: Ends;
}

/** @returns in the order of the fragments */
export async function probeFragments(fragments: readonly ProbedFragment[]): Promise<Probed[]> {
  const plans = fragments.map((fragment) => {
    const whole = wholeQuestion(fragment);
    return { fragment, whole, caps: capsQuestions(fragment.launch), types: typeQuestions(fragment.launch) };
  });
  const questions = plans.map(({ whole, caps, types }) => [whole, ...toQuestions([...caps.launches, ...types.launches])]);
  const answers = await askInTurn(questions);
  return Promise.all(
    plans.map(async ({ fragment, caps, types }, index) => {
      const [whole, ...others] = answers[index] ?? [];
      const messages = others.map(({ message }) => message);
      const more = await explainCapsAnswers(caps, messages.slice(0, caps.launches.length), parseElsewhere);
      more.push(...explainBytes(types, messages.slice(caps.launches.length)), ...misspeltFields(fragment.launch));
      if (whole?.message === null) more.push(...(await valuesOutOfRange(fragment, whole)), ...(whole.ends ? looseEnds(fragment.launch, fragment, whole.ends) : []));
      const message = whole?.message ?? null;
      // What was found out beside says why a link fails.
      const main = message === null || (isLinkError(message) && more.length > 0) ? [] : [await withValues(explainLaunchError(message, fragment.launch), message)];
      return { findings: [...main, ...more], files: whole && message === null ? filesOf(fragment, whole) : [] };
    }),
  );
}

/**
 * The fragment between what stands for its neighbours: whatever reads a node begins with `videoconvert`. Its elements have
 * names as they will when it runs.
 */
function wholeQuestion({ launch, hasInput, hasOutput, isSound = false }: ProbedFragment): Question {
  const { launch: named, names } = nameElements(launch, 'probed');
  const written = elementsOf(launch);
  const elements = names.map((name, index) => ({ name, assigned: [...(written[index]?.properties ?? [])] }));
  return { launch: `${hasInput ? 'identity name=probe_head ! ' : ''}${named}${hasOutput ? ` ! ${isSound ? 'decodebin' : 'videoconvert'} name=${isSound ? SOUND_PROBE : 'probe_tail'}` : ''}`, elements };
}

function filesOf({ launch }: ProbedFragment, { values }: Answer): NamedFile[] {
  return elementsOf(launch).flatMap(({ factory }, index) => {
    return Object.entries(values[index] ?? {}).map(([property, value]) => ({ factory, property, value }));
  });
}

async function valuesOutOfRange({ launch }: ProbedFragment, { clamped = [] }: Answer): Promise<LaunchFinding[]> {
  const factories = elementsOf(launch).map(({ factory }) => factory);
  // As GStreamer says it of values that it cannot read.
  const messages = clamped.flatMap((pairs, index) => pairs.map(([property, value]) => `could not set property "${property}" in element "${factories[index]}" to "${value}"`));
  return Promise.all(messages.map((message) => withValues(explainLaunchError(message, launch), message)));
}

/** Elements that were found. They do not go away while a program runs, and to ask may cost a process: at the check, and at every start. */
const found = new Set<string>();

/** Names of the GStreamer elements that are not installed. */
export async function missingElements(factories: readonly string[]): Promise<string[]> {
  const sought = factories.filter((factory) => !found.has(factory));
  const answers = await answersTo(toQuestions(sought.map((factory) => `${factory} identity`)));
  const missing = sought.filter((_, index) => answers?.[index]?.message?.startsWith('no element'));
  if (answers) for (const factory of sought) if (!missing.includes(factory)) found.add(factory);
  return missing;
}

const toQuestions = (launches: readonly string[]): Question[] => launches.map((launch) => ({ launch }));

/** @returns GStreamer's message for each launch string, or null */
async function parseElsewhere(launches: readonly string[]): Promise<(string | null)[]> {
  return (await ask(toQuestions(launches))).map(({ message }) => message);
}

/** Whether GStreamer accepts each of these launch strings; true, too, where it cannot be asked: the start will show it. */
export async function isAccepted(launches: readonly string[]): Promise<boolean[]> {
  return (await parseElsewhere(launches)).map((message) => message === null);
}

/** All in one process. */
async function askInTurn(groups: readonly (readonly Question[])[]): Promise<Answer[][]> {
  const answers = await ask(groups.flat());
  let next = 0;
  return groups.map(({ length }) => answers.slice(next, (next += length)));
}

/** Parses launch strings in a child process. Where that cannot run, nothing is wrong with them: the pipeline's own start will say why. */
async function ask(questions: readonly Question[]): Promise<Answer[]> {
  return (await answersTo(questions)) ?? questions.map(() => ({ message: null, values: [] }));
}

/** @returns undefined where the child process ended over them */
async function answersTo(questions: readonly Question[]): Promise<Answer[] | undefined> {
  if (questions.length === 0) return [];
  return (await probe(questions.map(({ launch, elements = [] }) => ({ launch, elements, properties: FILE_PROPERTIES })))) as Answer[] | undefined;
}

/** @throws GstIplError `missing-plugin` naming the node and what to install, when GStreamer lacks one of the elements */
export async function requireElements(node: string, factories: readonly string[]): Promise<void> {
  const [missing] = await missingElements(factories);
  if (missing !== undefined) throw missingPlugin(node, missing);
}

export function missingPlugin(node: string, factory: string): GstIplError {
  const { code, message, hint } = explainLaunchError(`no element "${factory}"`, factory);
  return new GstIplError(code, `Node "${node}": ${message}`, { place: { node }, hint });
}
