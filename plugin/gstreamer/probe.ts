/**
 * Asks GStreamer whether it accepts launch fragments, in a process of its own: GStreamer writes to the terminal when it
 * does not, never frees what it parsed, and a broken plugin must not take the program down.
 */
import { spawn } from 'node:child_process';
import path from 'node:path';
import type { ErrorCode } from '../core/errors';
import { debianPackageFor } from './debian-packages';
import { elementsOf } from './launch';

export interface ProbedFragment {
  readonly launch: string;
  /** Whether frames come in at its beginning. */
  readonly hasInput: boolean;
  /** Whether frames go out at its end. */
  readonly hasOutput: boolean;
}

export interface ProbeFinding {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string | undefined;
  /** The word of the fragment that is to blame. */
  readonly token: string | undefined;
}

/** A registry that must be rebuilt (first use, new plugins) takes a few seconds. */
const TIMEOUT_MS = 30_000;

/** @returns for each fragment what is wrong with it, or undefined */
export async function probeFragments(fragments: readonly ProbedFragment[]): Promise<(ProbeFinding | undefined)[]> {
  const launches = fragments.map(({ launch, hasInput, hasOutput }) => {
    return `${hasInput ? 'identity ! ' : ''}${launch}${hasOutput ? ' ! identity' : ''}`;
  });
  const messages = await parseElsewhere(launches);
  return fragments.map(({ launch }, index) => {
    const message = messages[index];
    return message ? explain(message, launch) : undefined;
  });
}

/** Names of the GStreamer elements that are not installed. */
export async function missingElements(factories: readonly string[]): Promise<string[]> {
  const messages = await parseElsewhere(factories.map((factory) => `${factory} identity`));
  return factories.filter((_, index) => messages[index]?.startsWith('no element'));
}

function explain(message: string, launch: string): ProbeFinding {
  const missing = /^no element "(.+)"$/.exec(message)?.[1];
  if (missing !== undefined) {
    const debian = debianPackageFor(missing);
    const isElement = elementsOf(launch).some(({ factory }) => factory === missing);
    return {
      code: 'missing-plugin',
      message: `GStreamer has no element "${missing}".`,
      hint: debian
        ? `Install it: apt-get install ${debian}`
        : isElement
          ? 'Check its name: `gst-inspect-1.0` lists all elements.'
          : 'A value with spaces needs quotes.',
      token: missing,
    };
  }
  const property = /^no property "(.+)" in element "(.+)"$/.exec(message);
  if (property) {
    const [, name, element] = property;
    return {
      code: 'bad-launch',
      message: `The GStreamer element ${element} has no property "${name}".`,
      hint: `\`gst-inspect-1.0 ${element}\` lists its properties.`,
      token: name,
    };
  }
  return {
    code: 'bad-launch',
    message: `GStreamer refuses the launch fragment "${launch}": ${message}.`,
    hint: undefined,
    token: /"([^"]+)"/.exec(message)?.[1],
  };
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
