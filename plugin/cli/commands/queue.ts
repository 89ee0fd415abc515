import { GstIplError } from '../../core/errors';
import type { QueueState } from '../../queue';
import { formatSamples } from '../../observe/prometheus';
import type { Command } from '../arguments';
import { QUEUE_FLAG, readQueue } from '../queue-flags';

export const queueCommand: Command = {
  name: 'queue',
  synopsis: '--queue ADDRESS',
  summary: 'Shows the jobs of a queue: waiting, active, failed and why.',
  positionals: [0, 0],
  flags: {
    queue: QUEUE_FLAG,
    json: { type: 'boolean', summary: 'The same for programs, with the whole log of each job that failed.' },
    metrics: { type: 'boolean', summary: 'The number of jobs as Prometheus metrics, for autoscaling. `gst-ipl worker --metrics` serves the same.' },
  },
  examples: ['gst-ipl queue --queue redis://studio', 'gst-ipl queue --queue redis://studio --json'],
  async run(given) {
    const address = readQueue(given);
    const { QueueView } = await import('../../queue');
    // It is asked once: one that goes away meanwhile is reported, not waited for.
    let lost: (error: Error) => void = () => undefined;
    const away = new Promise<never>((_, reject) => (lost = reject));
    away.catch(() => undefined);
    const view = await Promise.race([QueueView.open(address, (message) => lost(new GstIplError('set-up', message))), away]);
    if (given.flags.metrics === true) console.log((await formatSamples(await Promise.race([view.samples(), away]))).trimEnd());
    else {
      const state = await Promise.race([view.read(), away]);
      console.log(given.flags.json === true ? JSON.stringify(state, undefined, 2) : textOf(state));
    }
    await view.close();
    return 0;
  },
};

function textOf({ counts, waiting, active, failed }: QueueState): string {
  const again = counts.delayed > 0 ? `, ${counts.delayed} tried again in a moment` : '';
  const recordings = counts['waiting-children'];
  const parts = recordings > 0 ? `, ${recordings} recording${recordings === 1 ? '' : 's'} in segments` : '';
  return [
    `${counts.waiting} waiting, ${counts.active} active, ${counts.failed} failed, ${counts.completed} done${again}${parts}`,
    ...section('Active', active.map(({ output, worker, seconds }) => `${output}  by ${worker} for ${seconds.toFixed(0)} s`), counts.active),
    ...section('Waiting', waiting.map(({ output }) => output), counts.waiting),
    ...section('Failed', failed.map(({ output, reason }) => `${output}  ${reason.replaceAll(/\s*\n\s*/g, ' ')}`), counts.failed),
  ].map((line) => line.replace(/\p{C}/gu, '?')).join('\n'); // Whoever can write to the queue may have written anything.
}

function section(title: string, lines: readonly string[], all: number): string[] {
  if (lines.length === 0) return [];
  return ['', `${title}:`, ...lines.map((line) => `  ${line}`), ...(all > lines.length ? [`  ... and ${all - lines.length} more`] : [])];
}
