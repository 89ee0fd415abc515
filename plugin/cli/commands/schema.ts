import { builtinElements } from '../../builtin-elements';
import { graphSchema } from '../../graph/schema';
import type { Command } from '../arguments';

export const schemaCommand: Command = {
  name: 'schema',
  synopsis: '',
  summary: 'Prints the JSON Schema of graph files, for editors.',
  positionals: [0, 0],
  flags: {},
  examples: ['gst-ipl schema > graph.schema.json'],
  run() {
    console.log(JSON.stringify(graphSchema(builtinElements()), null, 2));
    return Promise.resolve(0);
  },
};
