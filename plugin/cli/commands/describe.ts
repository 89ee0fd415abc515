import { describePlan, planData, toDot, toMermaid } from '../../graph/describe';
import { readSettings, SET_FLAG, type Command } from '../arguments';
import { detailFlags, detailOf } from '../detail';
import { graphOf } from '../graph-argument';
import { JSON_FLAG, printJson, wantsJson } from '../json-flag';

export const describeCommand: Command = {
  name: 'describe',
  synopsis: 'GRAPH [--set NAME=VALUE ...] [--quiet | --verbose | --mermaid | --dot | --json]',
  summary: 'Shows what a graph will run, stage by stage, with the joined launch strings. - reads standard input.',
  positionals: [1, 1],
  flags: {
    set: SET_FLAG,
    mermaid: { type: 'boolean', summary: 'As a Mermaid flow chart, for Markdown.' },
    dot: { type: 'boolean', summary: 'As a Graphviz graph.' },
    ...detailFlags('Launch strings and stages, without their options.', 'Also options that the graph leaves at their defaults.'),
    json: JSON_FLAG,
  },
  examples: ['gst-ipl describe graphs/three-files.yaml', 'gst-ipl describe graphs/three-files.yaml --dot | dot -Tsvg > graph.svg'],
  async run(given) {
    const [file = ''] = given.positionals;
    const detail = detailOf(given);
    const graph = await graphOf(file, { params: readSettings(given), dry: true });
    if (wantsJson(given)) printJson(planData(graph.plan));
    else if (given.flags.mermaid) console.log(toMermaid(graph.checked));
    else if (given.flags.dot) console.log(toDot(graph.checked));
    else console.log(describePlan(graph.plan, detail));
    return 0;
  },
};
