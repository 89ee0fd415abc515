import { GstIplError, isWrongAsWritten } from '../../core/errors';
import type { Graph } from '../../graph/load';
import { entriesOfError, type LogEntry } from '../../observe/log';
import { readSettings, SET_FLAG, UsageError, type Command } from '../arguments';
import { describePlan } from '../../graph/describe';
import { detailFlags, detailOf, painted, type Detail } from '../detail';
import { graphOf, STANDARD_INPUT } from '../graph-argument';
import { JSON_FLAG, printJson, wantsJson } from '../json-flag';
import { tellError } from '../report-error';

interface Checked {
  readonly file: string;
  readonly graph?: Graph;
  readonly problems: readonly LogEntry[];
  readonly error?: GstIplError;
}

export const checkCommand: Command = {
  name: 'check',
  synopsis: 'GRAPH... [--set NAME=VALUE ...] [--quiet | --verbose] [--json]',
  summary: 'Checks graph files and reports everything that is wrong, without running them. - reads standard input.',
  positionals: [1, Infinity],
  flags: { set: SET_FLAG, ...detailFlags('Only what is wrong.', 'Also what each graph will run, as `describe` shows it.'), json: JSON_FLAG },
  examples: ['gst-ipl check graphs/three-files.yaml --set out=fused.mp4', 'gst-ipl check *.yaml --json', 'gst-ipl check - < graph.yaml'],
  async run(given) {
    const params = readSettings(given);
    const detail = detailOf(given);
    if (given.positionals.filter((file) => file === STANDARD_INPUT).length > 1) throw new UsageError('Standard input holds one graph: write - once.');
    const results: Checked[] = [];
    for (const file of given.positionals) results.push(await check(file, () => graphOf(file, { params })));
    if (wantsJson(given)) printJson(results.map(({ file, graph, problems }) => ({ file, ok: problems.length === 0, nodes: graph?.checked.nodes.length, problems: problems.map(flat) })));
    else for (const result of results) tell(result, detail);
    const failed = results.flatMap(({ error }) => error ?? []);
    // As of a single graph: 2 where the graphs are wrong, 1 where something else kept them from being read.
    return failed.length === 0 ? 0 : failed.every(isWrongAsWritten) ? 2 : 1;
  },
};

function tell({ file, graph, error }: Checked, detail: Detail): void {
  if (error) tellError(error.describe());
  if (!graph || detail === 'quiet') return;
  console.log(painted('green', `${file}: ${graph.checked.nodes.length} nodes, nothing wrong.`));
  if (detail === 'verbose') console.log(`\n${describePlan(graph.plan, 'normal')}\n`);
}

async function check(file: string, load: () => Promise<Graph>): Promise<Checked> {
  try {
    return { file, graph: await load(), problems: [] };
  } catch (error) {
    if (!(error instanceof GstIplError)) throw error;
    return { file, problems: entriesOfError(error), error };
  }
}

function flat({ node, message, details }: LogEntry): Record<string, unknown> {
  return { node, message, ...details };
}
