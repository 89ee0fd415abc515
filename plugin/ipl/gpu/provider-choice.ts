/** Decides in the worker which provider fuses: what the option says where that works, the CPU where it doesn't. */
import { GstIplError, messageOf } from '../../core/errors';
import type { FusionEngine } from '../engine/fusion-engine';
import { readCard } from '../network/read-model';
import { candidates as machineCandidates, type Candidate } from './candidates';
import { readGraphs, type GraphFiles } from './graph-card';
import { GraphEngine } from './graph-engine';
import type { Note } from './provider-gate';
import { OPEN_MS, UNWATCHED, type Watch } from './provider-watch';
import type { OpenSession } from './session';
import { tryProvider, type Trial } from './trial';

export interface Choice {
  /** Undefined: the CPU path. */
  readonly engine: GraphEngine | undefined;
  /** Undefined where nobody misses anything: there is no GPU. */
  readonly note: Note | undefined;
}

export interface ChoiceOptions {
  /** As the option says it: `auto` or a name. */
  readonly provider: string;
  /** Path of the network's card. */
  readonly model: string;
  readonly cpu: FusionEngine;
  readonly open?: OpenSession;
  readonly candidates?: () => readonly Candidate[];
  readonly watch?: Watch;
  readonly trial?: (graph: GraphEngine, cpu: FusionEngine) => Promise<Trial>;
}

export async function chooseProvider(options: ChoiceOptions): Promise<Choice> {
  const { provider } = options;
  const files = graphsOf(options.model);
  const auto = provider === 'auto';
  const wanted = auto ? (options.candidates ?? machineCandidates)() : [{ provider, missing: undefined }];
  const reasons: string[] = [];
  for (const candidate of wanted) {
    if (candidate.missing !== undefined) reasons.push(`${candidate.provider}: ${candidate.missing}`);
    else if (files instanceof GstIplError) reasons.push(`${candidate.provider}: ${files.message}`);
    else {
      const tried = await attempt(candidate.provider, files, options);
      if (typeof tried !== 'string') return tried;
      reasons.push(`${candidate.provider}: ${tried}`);
    }
  }
  if (auto && wanted.every(({ absent }) => absent)) return { engine: undefined, note: undefined };
  const message = `Fusing on the CPU (${reasons.join('; ')}).`;
  return { engine: undefined, note: { level: auto ? 'notify' : 'warn', message } };
}

/** @returns the choice, or why it is not this provider */
async function attempt(provider: string, files: GraphFiles, options: ChoiceOptions): Promise<Choice | string> {
  const { provider: asked, cpu, open, watch = UNWATCHED, trial = tryProvider } = options;
  const engine = new GraphEngine(files, provider, open ? { open } : {});
  try {
    const { providerMs, cpuMs } = await watch(OPEN_MS, () => trial(engine, cpu));
    const figures = `${providerMs.toFixed(1)} ms a 720p frame, one CPU thread ${cpuMs.toFixed(1)} ms`;
    if (asked !== 'auto' || providerMs < cpuMs) {
      return { engine, note: { level: 'notify', message: `Fusing with ${provider} (${figures}).` } };
    }
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
