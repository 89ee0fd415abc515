/** Decides in the worker which provider fuses: what the option says where that works, the CPU where it doesn't. */
import { GstIplError, messageOf } from '../../core/errors';
import type { FusionEngine } from '../engine/fusion-engine';
import { readCard } from '../network/read-model';
import { candidates as machineCandidates, type Candidate } from './candidates';
import { readGraphs, type GraphFiles } from './graph-card';
import type { MergeKernels } from '../hdr/merge-kernels';
import { GraphEngine } from './graph-engine';
import { MergeGraph } from './merge-graph';
import type { Note } from './provider-gate';
import { OPEN_MS, UNWATCHED, type Watch } from './provider-watch';
import type { OpenSession } from './session';
import { tryMerge, tryProvider, type Trial } from './trial';

/** @typeParam E what works on the provider */
export interface Choice<E = GraphEngine> {
  /** Undefined: the CPU path. */
  readonly engine: E | undefined;
  /** Undefined where nobody misses anything: there is no GPU. */
  readonly note: Note | undefined;
}

interface Common {
  /** As the option says it: `auto` or a name. */
  readonly provider: string;
  readonly open?: OpenSession;
  readonly candidates?: () => readonly Candidate[];
  readonly watch?: Watch;
}

export interface ChoiceOptions extends Common {
  /** Path of the network's card. */
  readonly model: string;
  readonly cpu: FusionEngine;
  readonly trial?: (graph: GraphEngine, cpu: FusionEngine) => Promise<Trial>;
}

export function chooseProvider(options: ChoiceOptions): Promise<Choice> {
  const { cpu, open, trial = tryProvider } = options;
  const files = graphsOf(options.model);
  return choose(options, 'Fusing', (provider) => {
    if (files instanceof GstIplError) return files.message;
    const engine = new GraphEngine(files, provider, open ? { open } : {});
    return { engine, trial: () => trial(engine, cpu) };
  });
}

export interface MergeChoiceOptions extends Common {
  readonly cpu: MergeKernels;
  readonly trial?: (graph: MergeGraph, cpu: MergeKernels) => Promise<Trial>;
}

export function chooseMerge(options: MergeChoiceOptions): Promise<Choice<MergeGraph>> {
  const { cpu, open, trial = tryMerge } = options;
  return choose(options, 'Merging HDR', (provider) => {
    const engine = new MergeGraph(provider, open ? { open } : {});
    return { engine, trial: () => trial(engine, cpu) };
  });
}

interface Candidacy<E> {
  readonly engine: E;
  readonly trial: () => Promise<Trial>;
}

/** @param make what would work on a provider, or why it cannot */
async function choose<E extends { close(): Promise<void> }>(options: Common, does: string, make: (provider: string) => Candidacy<E> | string): Promise<Choice<E>> {
  const { provider } = options;
  const auto = provider === 'auto';
  const wanted = auto ? (options.candidates ?? machineCandidates)() : [{ provider, missing: undefined }];
  const reasons: string[] = [];
  for (const candidate of wanted) {
    const made = candidate.missing ?? make(candidate.provider);
    const tried = typeof made === 'string' ? made : await attempt(candidate.provider, does, made, options);
    if (typeof tried !== 'string') return tried;
    reasons.push(`${candidate.provider}: ${tried}`);
  }
  if (auto && wanted.every(({ absent }) => absent)) return { engine: undefined, note: undefined };
  return { engine: undefined, note: { level: auto ? 'notify' : 'warn', message: `${does} on the CPU (${reasons.join('; ')}).` } };
}

/** @returns the choice, or why it is not this provider */
async function attempt<E extends { close(): Promise<void> }>(provider: string, does: string, { engine, trial }: Candidacy<E>, { provider: asked, watch = UNWATCHED }: Common): Promise<Choice<E> | string> {
  try {
    const { providerMs, cpuMs } = await watch(OPEN_MS, trial);
    const figures = `${providerMs.toFixed(1)} ms a 720p frame, one CPU thread ${cpuMs.toFixed(1)} ms`;
    if (asked !== 'auto' || providerMs < cpuMs) return { engine, note: { level: 'notify', message: `${does} with ${provider} (${figures}).` } };
    await engine.close();
    return `it works, but is slower (${figures})`;
  } catch (error) {
    await engine.close().catch(() => undefined);
    return messageOf(error).split('\n')[0]?.trim() ?? '';
  }
}

/** What both cards say. */
const SHARED_FIELDS = ['halo', 'bandRows', 'tokenColumns'] as const;

/** The graphs, if they were made with the very network that the CPU path runs. */
function graphsOf(model: string): GraphFiles | GstIplError {
  try {
    const files = readGraphs(model);
    const card = readCard(model);
    const other = SHARED_FIELDS.find((field) => files.card[field] !== card[field]);
    if (other) return new GstIplError('bad-model', `"${other}" in the card of the GPU graphs is ${String(files.card[other])}, in ${model} it is ${card[other]}; export them again`);
    if (files.card.network === card.sha256) return files;
    return new GstIplError('bad-model', 'the GPU graphs were made with another network than the model card names; export them again');
  } catch (error) {
    return error instanceof GstIplError ? error : new GstIplError('bad-model', messageOf(error));
  }
}
