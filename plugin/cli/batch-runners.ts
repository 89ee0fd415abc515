/** Who does the jobs of a batch: this machine, or those that take them from a queue. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { RedisAddress } from '../core/address';
import type { Runner } from '../batch/runner';
import { note } from './note';
import { ownCommand } from './own-command';
import type { Places } from './places';

export interface BatchRunner {
  readonly runner: Runner;
  /** What all who share the outputs call one. */
  readonly placeOf: (output: string) => string;
}

const tellSegment = (output: string, done: number, of: number): void => note('segment', `${path.basename(output)}: ${done} of ${of} segments`);

/** @param every seconds of a segment */
export async function localRunner(places: Places, lanes: number, every: number): Promise<BatchRunner> {
  const { LocalRunner } = await import('../batch/local-runner');
  return { runner: new LocalRunner({ command: ownCommand(), every }, lanes, tellSegment, places.depot), placeOf: (output) => places.nameOf(path.resolve(output)) };
}

export interface Queued {
  readonly address: RedisAddress;
  readonly shared: string;
}

/** @param files that other machines are to see @throws GstIplError `set-up`, `bad-usage` */
export async function queueRunner(places: Places, { address, shared: named }: Queued, files: readonly string[], every: number): Promise<BatchRunner> {
  const { QueueRunner, SharedFolder, requireShared } = await import('../queue');
  const folder = places.here(named);
  if (folder !== named) mkdirSync(folder, { recursive: true });
  const shared = new SharedFolder(folder, places.depot);
  requireShared(shared, files);
  const runner = await QueueRunner.open(address, shared, (message) => note('queue', message, 'warning'), { settings: { command: ownCommand(), every }, tell: tellSegment });
  note('queue', `The jobs are in the queue ${address.shown}. gst-ipl queue --queue ${address.shown} shows it.`);
  return { runner, placeOf: (output) => shared.placeOf(output) };
}
