/**
 * Asks GStreamer whether it accepts launch fragments, in a process of its own: GStreamer writes to the terminal when it
 * does not, never frees what it parsed, and a broken plugin must not take the program down.
 */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { GstIplError } from '../core/errors';
import { explainLaunchError, type LaunchFinding } from './launch-error';

export interface ProbedFragment {
  readonly launch: string;
  /** Whether frames come in at its beginning. */
  readonly hasInput: boolean;
  /** Whether frames go out at its end. */
  readonly hasOutput: boolean;
}

/** A registry that must be rebuilt (first use, new plugins) takes a few seconds. */
const TIMEOUT_MS = 30_000;

/** @returns for each fragment what is wrong with it, or undefined */
export async function probeFragments(fragments: readonly ProbedFragment[]): Promise<(LaunchFinding | undefined)[]> {
  const launches = fragments.map(({ launch, hasInput, hasOutput }) => {
    return `${hasInput ? 'identity ! ' : ''}${launch}${hasOutput ? ' ! identity' : ''}`;
  });
  const messages = await parseElsewhere(launches);
  return fragments.map(({ launch }, index) => {
    const message = messages[index];
    return message ? explainLaunchError(message, launch) : undefined;
  });
}

/** Names of the GStreamer elements that are not installed. */
export async function missingElements(factories: readonly string[]): Promise<string[]> {
  const messages = await parseElsewhere(factories.map((factory) => `${factory} identity`));
  return factories.filter((_, index) => messages[index]?.startsWith('no element'));
}

/** Parses launch strings in a child process. @returns GStreamer's message for each, or null */
async function parseElsewhere(launches: readonly string[]): Promise<(string | null)[]> {
  if (launches.length === 0) return [];
  const child = spawn(process.execPath, [path.join(__dirname, 'probe-child.cjs')], {
    stdio: ['pipe', 'pipe', 'ignore'],
    timeout: TIMEOUT_MS,
  });
  child.stdin.on('error', () => undefined); // The child may die before it has read everything; its exit tells.
  child.stdin.end(JSON.stringify(launches));
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  try {
    return JSON.parse(Buffer.concat(chunks).toString()) as (string | null)[];
  } catch {
    // The probe itself could not run; the pipeline's own start will say why.
    return launches.map(() => null);
  }
}

/** @throws GstIplError `missing-plugin` naming the node and what to install, when GStreamer lacks one of the elements */
export async function requireElements(node: string, factories: readonly string[]): Promise<void> {
  const [missing] = await missingElements(factories);
  if (missing === undefined) return;
  const { code, message, hint } = explainLaunchError(`no element "${missing}"`, missing);
  throw new GstIplError(code, `Node "${node}": ${message}`, { place: { node }, hint });
}
