import { loadGraph } from '../../builtin-elements';
import { readSettings, SET_FLAG, type Command } from '../arguments';

export const checkCommand: Command = {
  name: 'check',
  synopsis: 'GRAPH [--set NAME=VALUE ...]',
  summary: 'Checks a graph file and tells everything that is wrong with it, without running it.',
  positionals: [1, 1],
  flags: { set: SET_FLAG },
  examples: ['gst-ipl check graphs/three-files.yaml --set out=fused.mp4'],
  async run(given) {
    const [file = ''] = given.positionals;
    const { checked } = await loadGraph(file, { params: readSettings(given) });
    console.log(`${file}: ${checked.nodes.length} nodes, nothing wrong.`);
    return 0;
  },
};
