/** A process that fuses one bracket after the other for whoever started it (batch/kept-processes.ts), until that one ends. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { endOfJob, type JobRequest } from '../batch/kept-processes';
import { useCores } from '../core/cores';
import { continueTrace, flushTraces } from '../core/tracing';
import { readArguments } from './arguments';
import { fuseCommand, fusePhotographs } from './commands/fuse';
import { reportError } from './report-error';

/** Pixels of a job that is over are 200 MB of a bracket of 24 megapixels, which V8 would collect when the next has as many. */
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

export function doJobs(): Promise<undefined> {
  // The next one is sent when this one is over.
  process.on('message', (request: JobRequest) => void doOne(request).catch(reportError).then((code) => process.stderr.write(endOfJob(code))));
  // bin/child.js, which has a listener of its own, lets the channel keep nobody alive: here it is all there is to wait for.
  process.channel?.ref();
  return Promise.resolve(undefined);
}

async function doOne({ args, cores, trace = {} }: JobRequest): Promise<number> {
  useCores(cores);
  continueTrace(trace);
  try {
    await fusePhotographs(readArguments(fuseCommand, args));
  } finally {
    await flushTraces();
    collect();
  }
  return 0;
}
