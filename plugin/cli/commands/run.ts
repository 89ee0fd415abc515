import path from 'node:path';
import { loadGraph } from '../../builtin-elements';
import { parseAddress } from '../../observe/http/address';
import { readToken, TOKEN_VARIABLE } from '../../observe/http/token';
import { defaultFormat, type LogFormat } from '../../observe/log';
import { heedMaxPixels, MAX_PIXELS_FLAG, readSettings, SET_FLAG, UsageError, type Arguments, type Command } from '../arguments';
import { setOutputFormat } from '../output';
import { playGraph, type PlayOptions } from '../play-graph';
import type { Verbosity } from '../run-display';

export const runCommand: Command = {
  name: 'run',
  synopsis: 'GRAPH [--set NAME=VALUE ...] [--stats] [--metrics [HOST:]PORT]',
  summary: 'Runs a graph file until its sources end. Existing files are replaced when the new ones are whole. Ctrl-C ends recordings properly; a second one stops at once.',
  positionals: [1, 1],
  flags: {
    set: SET_FLAG,
    stats: { type: 'boolean', summary: 'A table of rates, latency and drops of every node.' },
    metrics: { type: 'string', value: '[HOST:]PORT', summary: 'Serves /metrics (Prometheus) and /health; to this machine alone unless HOST says otherwise.' },
    'token-file': { type: 'string', value: 'FILE', summary: `File with the token for both; required where other machines can connect. Or ${TOKEN_VARIABLE}.` },
    'max-pixels': MAX_PIXELS_FLAG,
    quiet: { type: 'boolean', short: 'q', summary: 'Warnings and errors only.' },
    verbose: { type: 'boolean', short: 'v', summary: 'Also what runs: pipelines and stages, as `describe` shows them.' },
    log: { type: 'string', value: 'pretty|json', summary: 'Sentences or JSON lines. Default: sentences on a terminal, JSON elsewhere; or GST_IPL_LOG.' },
  },
  examples: [
    'gst-ipl run graphs/three-files.yaml --set out=fused.mp4',
    'gst-ipl run graphs/live-preview.yaml --set display=autovideosink --stats',
    'gst-ipl run graphs/live-preview.yaml --metrics 9464',
  ],
  async run(given) {
    const [file = ''] = given.positionals;
    const { stats, metrics, log, 'token-file': tokenFile } = given.flags;
    setOutputFormat(readFormat(log));
    heedMaxPixels(given);
    const graph = await loadGraph(file, { params: readSettings(given) });
    await playGraph(graph, path.basename(file), { stats: stats === true, verbosity: readVerbosity(given), monitor: readMonitor(metrics, tokenFile) });
    return 0;
  },
};

/** @throws UsageError */
function readVerbosity({ flags: { quiet, verbose, stats } }: Arguments): Verbosity {
  if (quiet && (verbose || stats)) throw new UsageError(`--quiet and ${verbose ? '--verbose' : '--stats'} contradict each other.`);
  return quiet ? 'quiet' : verbose ? 'verbose' : 'usual';
}

type Given = string | boolean | (string | boolean)[] | undefined;

function readFormat(given: Given): LogFormat {
  if (given === undefined) return defaultFormat(process.stderr);
  if (given === 'pretty' || given === 'json') return given;
  throw new UsageError(`--log takes pretty or json, but got "${String(given)}".`);
}

function readMonitor(metrics: Given, tokenFile: Given): PlayOptions['monitor'] {
  if (typeof metrics !== 'string') return undefined;
  const address = parseAddress(metrics);
  return { address, token: readToken(address, typeof tokenFile === 'string' ? tokenFile : undefined) };
}
