import path from 'node:path';
import { loadGraph } from '../../builtin-elements';
import { readSettings, SET_FLAG, type Command } from '../arguments';
import { playGraph } from '../play-graph';

export const runCommand: Command = {
  name: 'run',
  synopsis: 'GRAPH [--set NAME=VALUE ...]',
  summary: 'Runs a graph file until its sources end. Ctrl-C ends recordings properly; a second one stops at once.',
  positionals: [1, 1],
  flags: { set: SET_FLAG },
  examples: [
    'gst-ipl run graphs/three-files.yaml --set out=fused.mp4',
    'gst-ipl run graphs/live-preview.yaml --set display=autovideosink',
  ],
  async run(given) {
    const [file = ''] = given.positionals;
    const graph = await loadGraph(file, { params: readSettings(given) });
    await playGraph(graph, path.basename(file));
    return 0;
  },
};
