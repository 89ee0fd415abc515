/** Decides in the worker which provider fuses: what the option says where that works, the CPU where it doesn't. */
import { GstIplError } from '../../core/errors';
import type { FusionEngine } from '../fusion-engine';
import { messageOf, readCard } from '../model-card';
import { candidates as machineCandidates, type Candidate } from './candidates';
import { readGraphs, type GraphFiles } from './graph-card';
import { GraphEngine } from './graph-engine';
import type { Note } from './provider-gate';
import type { OpenSession } from './session';
import { tryProvider, type Trial } from './trial';

export interface Choice {
  /** Undefined: the CPU path. */
  readonly engine: GraphEngine | undefined;
  readonly note: Note;
}

export interface ChoiceOptions {
  /** As the option says it: `auto` or a name. */
  readonly provider: string;
  /** Path of the network's card. */
  readonly model: string;
  readonly cpu: FusionEngine;
  readonly open?: OpenSession;
  readonly candidates?: () => readonly Candidate[];
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
  const message = `Fusing on the CPU (${reasons.join('; ')}).`;
  return { engine: undefined, note: { level: auto ? 'notify' : 'warn', message } };
}

/** @returns the choice, or why it is not this provider */
async function attempt(provider: string, files: GraphFiles, { provider: asked, cpu, open, trial = tryProvider }: ChoiceOptions): Promise<Choice | string> {
  const engine = new GraphEngine(files, provider, open ? { open } : {});
  try {
    const { providerMs, cpuMs } = await trial(engine, cpu);
    const figures = `${providerMs.toFixed(1)} ms a 720p picture, one CPU thread ${cpuMs.toFixed(1)} ms`;
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

/** The graphs, if they were made with the very network that the CPU path runs. */
function graphsOf(model: string): GraphFiles | GstIplError {
  try {
    const files = readGraphs(model);
    if (files.card.network === readCard(model).sha256) return files;
    return new GstIplError('bad-model', 'the GPU graphs were made with another network than the model card names; export them again');
  } catch (error) {
    return error instanceof GstIplError ? error : new GstIplError('bad-model', messageOf(error));
  }
}
