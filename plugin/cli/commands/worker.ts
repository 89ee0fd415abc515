import { mkdirSync } from 'node:fs';
import type { Depot } from '../../core/files/depot';
import type { HttpService, ListenAddress } from '../../observe/http';
import { parseAddress } from '../../observe/http/address';
import { readToken, TOKEN_VARIABLE } from '../../observe/http/token';
import { defaultFormat } from '../../observe/log';
import { UsageError, type Arguments, type Command } from '../arguments';
import { JOBS_FLAG, readJobs } from '../jobs-flag';
import { note } from '../note';
import { filterOfEnvironment } from '../log-levels';
import { setLogFilter, setOutputFormat } from '../output';
import { ownCommand } from '../own-command';
import type { QueueView, QueueWorker, WorkerSettings } from '../../queue';
import { version } from '../../core/package-version';
import { Places } from '../places';
import { QUEUE_FLAG, readQueue, readShared, SHARED_FLAG } from '../queue-flags';
import { ALIGN_FLAG, BITS_FLAG, HDR_FLAGS, LOOK_FLAGS } from '../still-flags';
import { atStopSignal } from '../stop-signal';

/** Seconds. BullMQ's own default: longer than a restart of Redis, or a machine that swaps, takes; and a killed worker's job waits no longer than twice that. */
const SILENCE = { default: 30, least: 2, most: 3600 };

export const workerCommand: Command = {
  name: 'worker',
  synopsis: '--queue ADDRESS --shared FOLDER',
  summary: 'Works on the jobs of `gst-ipl batch --queue`, on any number of machines. Ctrl-C or SIGTERM hands back unfinished ones.',
  positionals: [0, 0],
  flags: {
    queue: QUEUE_FLAG,
    shared: SHARED_FLAG,
    jobs: JOBS_FLAG,
    silence: { type: 'string', value: 'SECONDS', summary: `After so long without a sign of life a worker counts as dead, and others get its jobs. Default: ${SILENCE.default}.` },
    metrics: { type: 'string', value: '[HOST:]PORT', summary: 'Serves /metrics (Prometheus; the length of the queue, too) and /health; to this machine alone unless HOST says otherwise.' },
    'token-file': { type: 'string', value: 'FILE', summary: `File with the token for both; required where other machines can connect. Or ${TOKEN_VARIABLE}.` },
  },
  examples: ['gst-ipl worker --queue redis://studio --shared /mnt/photos', 'gst-ipl worker --queue rediss://queue.example.org:6380/2 --shared /mnt/photos --jobs 4 --metrics 9464'],
  async run(given) {
    const settings = { address: readQueue(given), lanes: readJobs(given), silentMs: 1000 * readSilence(given) };
    const named = readShared(given);
    const places = await Places.of([named]);
    try {
      return await work(settings, { folder: places.here(named), named, depot: places.depot }, readMonitor(given));
    } finally {
      places.close();
    }
  },
};

type Settings = Pick<WorkerSettings, 'address' | 'lanes' | 'silentMs'>;

async function work(settings: Settings, { folder, named, depot }: { folder: string; named: string; depot: Depot }, monitor: Monitor | undefined): Promise<number> {
  if (folder !== named) mkdirSync(folder, { recursive: true });
  setOutputFormat(defaultFormat(process.stderr));
  setLogFilter(filterOfEnvironment());
  const stopped = new Promise<void>((resolve) => void atStopSignal(resolve));
  // What cannot start fails before a job is taken. What still waits for a queue when a signal comes ends with the process.
  const parts = await Promise.race([open(settings, { folder, depot }, monitor), stopped]);
  if (!parts) {
    note('ended', 'Stopped before it took a job.');
    return 0;
  }
  const { worker, view, server } = parts;
  note('started', `Worker ${worker.name} takes ${settings.lanes} jobs at once from ${settings.address.shown}${server ? `; metrics are at ${server.url}metrics` : ''}.`);
  try {
    await Promise.race([worker.run(), stopped]);
  } finally {
    await worker.stop();
  }
  await Promise.all([server?.close(), view?.close()]);
  note('ended', `${worker.counts.done} done, ${worker.counts.failed} failed, ${worker.counts.handedBack} handed back.`);
  return 0;
}

/** What it consists of; it takes no job yet. @throws GstIplError `set-up` */
async function open(settings: Settings, { folder, depot }: { folder: string; depot: Depot }, monitor: Monitor | undefined): Promise<{ worker: QueueWorker; view?: QueueView; server?: HttpService }> {
  const { QueueView, QueueWorker, SharedFolder } = await import('../../queue');
  const options = new Set([...Object.keys(LOOK_FLAGS), ...Object.keys(ALIGN_FLAG), ...Object.keys(BITS_FLAG), ...Object.keys(HDR_FLAGS)]);
  const worker = await QueueWorker.open({ ...settings, shared: new SharedFolder(folder, depot), version: version(), options, command: ownCommand(), tell: note });
  if (!monitor) return { worker };
  const { serveWorker } = await import('../worker-monitor');
  const view = await QueueView.open(settings.address, () => undefined);
  return { worker, view, server: await serveWorker(monitor, worker, view) };
}

/** @throws UsageError */
function readSilence({ flags: { silence } }: Arguments): number {
  if (silence === undefined) return SILENCE.default;
  const seconds = Number(silence);
  if (seconds >= SILENCE.least && seconds <= SILENCE.most) return seconds;
  throw new UsageError(`--silence takes ${SILENCE.least} to ${SILENCE.most} seconds, not "${String(silence)}".`);
}

interface Monitor {
  readonly address: ListenAddress;
  readonly token: string | undefined;
}

function readMonitor({ flags: { metrics, 'token-file': file } }: Arguments): Monitor | undefined {
  if (typeof metrics !== 'string') return undefined;
  const address = parseAddress(metrics);
  return { address, token: readToken(address, typeof file === 'string' ? file : undefined) };
}
