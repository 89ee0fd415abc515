/** What monitors and autoscalers ask a worker for: its metrics, those of the queue, and whether it works. */
import { defineMetrics } from '../core/metrics/metric-table';
import type { Sample } from '../core/metrics/metrics';
import type { Health } from '../observe/health';
import { HttpService, type ListenAddress } from '../observe/http';
import { monitoringBy } from '../observe/http/monitoring';
import { formatSamples, processText } from '../observe/prometheus';
import type { QueueView, QueueWorker } from '../queue';
import { note } from './note';

const workerMetrics = defineMetrics({
  gst_ipl_worker_jobs_total: { kind: 'counter', help: 'Jobs that are over for this worker, by result: done, failed, handed_back.' },
  gst_ipl_worker_job_seconds_total: { kind: 'counter', help: 'Time that its jobs took together.' },
  gst_ipl_worker_active_jobs: { kind: 'gauge', help: 'Jobs that it does now.' },
});

/** @throws GstIplError `set-up` */
export async function serveWorker(monitor: { address: ListenAddress; token: string | undefined }, worker: QueueWorker, view: QueueView): Promise<HttpService> {
  const metrics = async (): Promise<string> => {
    // While the queue is away nothing is said of it, rather than something old.
    const queue = worker.isAway ? [] : await view.samples();
    return (await formatSamples([...samplesOf(worker), ...queue])) + (await processText());
  };
  const server = new HttpService({ ...monitor, warn: (message) => note('warning', message, 'warning') }, [monitoringBy(() => healthOf(worker), metrics)]);
  await server.listen();
  return server;
}

function samplesOf({ counts }: QueueWorker): Sample[] {
  const of = (name: keyof typeof workerMetrics, value: number, labels = {}): Sample => ({ name, value, labels, declaration: workerMetrics[name] });
  return [
    of('gst_ipl_worker_jobs_total', counts.done, { result: 'done' }),
    of('gst_ipl_worker_jobs_total', counts.failed, { result: 'failed' }),
    of('gst_ipl_worker_jobs_total', counts.handedBack, { result: 'handed_back' }),
    of('gst_ipl_worker_job_seconds_total', counts.seconds),
    of('gst_ipl_worker_active_jobs', counts.active),
  ];
}

/** To start it again would not bring the queue back. */
function healthOf(worker: QueueWorker): Health {
  if (!worker.isAway) return { status: 'ready', serving: true, over: false, reasons: [], notes: [] };
  return { status: 'degraded', serving: false, over: false, reasons: ['The queue is away.'], notes: [] };
}
