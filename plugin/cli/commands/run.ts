import path from 'node:path';
import { loadGraph } from '../../builtin-elements';
import { parseAddress } from '../../observe/http/address';
import { readToken, TOKEN_VARIABLE } from '../../observe/http/token';
import { defaultFormat, type LogFormat } from '../../observe/log';
import { LEVELS_SYNTAX, LEVEL_VARIABLE, LOG_LEVELS, LogFilter, readLogFilter } from '../../observe/log-filter';
import { heedMaxPixels, MAX_PIXELS_FLAG, readSettings, SET_FLAG, UsageError, type Arguments, type Command } from '../arguments';
import { filterOfEnvironment, orWrongUsage } from '../log-levels';
import { setLogFilter, setOutputFormat } from '../output';
import { playGraph, type PlayOptions } from '../play-graph';

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
    quiet: { type: 'boolean', short: 'q', summary: 'Warnings and errors only: `--log-level warning`.' },
    verbose: { type: 'boolean', short: 'v', summary: 'Also what runs, and what each node is doing: `--log-level debug`.' },
    'log-level': { type: 'string', value: LEVELS_SYNTAX, summary: `From which level on: ${LOG_LEVELS.join(', ')}; of a node from another, as in info,cam1=debug. Default: info; or ${LEVEL_VARIABLE}.` },
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
    const filter = filterOf(given);
    setLogFilter(filter);
    const graph = await loadGraph(file, { params: readSettings(given) });
    // The variable may be set for many graphs.
    if (given.flags['log-level'] !== undefined) filter.requireNodes(graph.plan.nodes.map(({ name }) => name));
    await playGraph(graph, path.basename(file), { stats: stats === true, monitor: readMonitor(metrics, tokenFile) });
    return 0;
  },
};

/** @throws UsageError */
function filterOf({ flags: { quiet, verbose, stats, 'log-level': levels } }: Arguments): LogFilter {
  const [first, second] = [quiet && '--quiet', verbose && '--verbose', levels !== undefined && '--log-level', quiet && stats && '--stats'].filter(Boolean);
  if (second) throw new UsageError(`${String(first)} and ${String(second)} contradict each other.`);
  if (quiet || verbose) return new LogFilter(quiet ? 'warning' : 'debug');
  return typeof levels === 'string' ? orWrongUsage('--log-level', () => readLogFilter(levels)) : filterOfEnvironment();
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
