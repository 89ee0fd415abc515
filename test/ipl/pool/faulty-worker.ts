/** A fusion worker with a fault in it: workerData.fault says which. Its provider is onnxruntime's CPU, which is on every machine. */
import { workerData } from 'node:worker_threads';
import * as candidates from '../../../plugin/ipl/gpu/candidates';
import * as watch from '../../../plugin/ipl/gpu/provider-watch';
import * as session from '../../../plugin/ipl/gpu/session';
import * as trial from '../../../plugin/ipl/gpu/trial';

export type Fault =
  /** None: the provider is taken without a trial. */
  | 'none'
  /** The thread dies while it tries the provider. */
  | 'dies in the trial'
  /** The trial does not come back. */
  | 'hangs in the trial'
  /** The third picture does not come back for so long that everybody has gone on. */
  | 'hangs in a run'
  /** The third picture fails, and the session is not released for as long. */
  | 'fails and does not let go';

/** What a test gives a device that hangs. */
export const LIMIT_MS = 600;

const HANG_MS = 3_000;

const { fault } = workerData as { fault: Fault };
const block = (): unknown => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, HANG_MS);
const replace = (module: object, values: Record<string, unknown>): unknown => Object.assign(module, values);

const trials: Record<Fault, typeof trial.tryProvider> = {
  none: async () => ({ providerMs: 1, cpuMs: 2 }),
  'hangs in a run': async () => ({ providerMs: 1, cpuMs: 2 }),
  'fails and does not let go': async () => ({ providerMs: 1, cpuMs: 2 }),
  'dies in the trial': () => new Promise(() => setImmediate(() => { throw new Error('the driver crashed'); })),
  'hangs in the trial': async () => (block(), { providerMs: 1, cpuMs: 2 }),
};

let runs = 0;
const { openSession } = session;
replace(candidates, { candidates: () => [{ provider: 'cpu', missing: undefined }] });
replace(trial, { tryProvider: trials[fault] });
replace(watch, { OPEN_MS: LIMIT_MS, CLOSE_MS: LIMIT_MS, runLimit: (_: unknown, opens: boolean) => (opens ? 60_000 : LIMIT_MS) });
replace(session, {
  openSession: async (...given: Parameters<typeof openSession>) => {
    const opened = await openSession(...given);
    const run = (...args: Parameters<typeof opened.run>): ReturnType<typeof opened.run> => {
      runs += 1;
      if (fault === 'hangs in a run' && runs === 3) block();
      if (fault === 'fails and does not let go' && runs === 3) throw new Error('device lost');
      return opened.run(...args);
    };
    const release = async (): Promise<void> => {
      if (fault === 'fails and does not let go') block();
      await opened.release();
    };
    return { run, release };
  },
});

void import('../../../plugin/ipl/pool/worker-entry');
