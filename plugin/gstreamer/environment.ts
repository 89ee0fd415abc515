/**
 * What GStreamer in Node needs of the process, best set before the process starts. The `gst-ipl` command does so itself
 * (bin/environment.js, where each setting is explained), also for programs (`gst-ipl exec`); others get a warning, once.
 */
import { launchEnvironment, MALLOC_TUNABLES, POOL_THREADS } from '../../bin/environment';
import { orcEnvironment } from '../../bin/orc';
import { setAllocator } from './native/allocator';

/** Every outstanding pull and bus poll holds a thread of the libuv pool; the default of 4 starves file access. */
export const LEAST_POOL_THREADS = 12;

/** What the process was started with, once that was changed. */
let given: NodeJS.ProcessEnv | undefined;

let warned = false;

/** Of the allocator's settings, those that this process made itself. */
const tuned = new Set<string>();

/** Any value counts: one that the user chose is not ours to question. */
const missingTunables = ({ GLIBC_TUNABLES: set }: NodeJS.ProcessEnv): string[] => Object.keys(MALLOC_TUNABLES).filter((name) => !set?.includes(`${name}=`));

/**
 * Sets what may still be set in a process that is running already; what the user set stays. plugin/index.ts does it first of
 * all, and nothing else of the package changes the environment.
 */
export function prepareEnvironment(environment: NodeJS.ProcessEnv = process.env): void {
  if (environment === process.env) given ??= { ...environment };
  // libuv reads this at its first use of the pool. A program that imports gst-ipl before it reads files gets it in time;
  // whether it did cannot be known, so it is warned all the same.
  environment.UV_THREADPOOL_SIZE ??= POOL_THREADS;
  // onnxruntime reads it as it loads, in a worker or here.
  environment.ORT_DISABLE_TELEMETRY ??= '1';
  // ORC reads it when the first element compiles something.
  Object.assign(environment, orcEnvironment(environment));
}

export interface EnvironmentFinding {
  readonly variable: string;
  readonly problem: string;
  readonly remedy: string;
}

export function checkEnvironment(environment: NodeJS.ProcessEnv = given ?? process.env): EnvironmentFinding[] {
  const findings: EnvironmentFinding[] = [];
  if (!(Number(environment.UV_THREADPOOL_SIZE) >= LEAST_POOL_THREADS)) {
    findings.push({
      variable: 'UV_THREADPOOL_SIZE',
      problem: `is ${environment.UV_THREADPOOL_SIZE ?? 'not set'}: waiting for frames can stall file access, and large graphs`,
      remedy: `UV_THREADPOOL_SIZE=${POOL_THREADS}`,
    });
  }
  const missing = missingTunables(environment).filter((name) => !tuned.has(name));
  if (process.platform === 'linux' && missing.length > 0) {
    findings.push({
      variable: 'GLIBC_TUNABLES',
      problem: `leaves ${missing.join(', ')} as they are: 4K frames cross into Node several times slower, or memory grows under faults`,
      remedy: `GLIBC_TUNABLES=${launchEnvironment({}).GLIBC_TUNABLES}`,
    });
  }
  return findings;
}

/** Before GStreamer gives the first picture: what the process was not started with, and may still be set. */
export function tuneAllocator(): void {
  const missing = missingTunables(given ?? process.env).filter((name) => !tuned.has(name));
  if (process.platform !== 'linux' || missing.length === 0) return;
  for (const name of setAllocator(Object.fromEntries(missing.map((name) => [name, MALLOC_TUNABLES[name] ?? ''])))) tuned.add(name);
}

/** Warns once a process, in one message, when the environment is not as it should be. */
export function warnAboutEnvironment(): void {
  const findings = checkEnvironment();
  if (warned || findings.length === 0) return;
  warned = true;
  const remedies = findings.map((finding) => finding.remedy).join(' ');
  process.emitWarning(
    `GStreamer may run slowly or stall here. Start the program by \`gst-ipl exec PROGRAM\`, or with ${remedies}`,
    { type: 'GstIplWarning', code: 'GST_IPL_ENVIRONMENT' },
  );
}
