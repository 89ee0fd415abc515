import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { parseGraphText } from '../../builtin-elements';
import { GstIplError, messageOf } from '../../core/errors';
import { UsageError, type Command } from '../arguments';
import { INTERRUPTED } from '../output';
import { publicValue } from '../../core/secrets/public-value';
import { firstGraph, isFile, type FirstGraph } from '../first-graph';

const OUTPUT = 'page';

export const initCommand: Command = {
  name: 'init',
  synopsis: '[GRAPH] [--source FILE|ADDRESS|DEVICE|test ...] [--to FILE|ADDRESS|page|screen]',
  summary: 'Writes a first graph file: asks on a terminal, or takes what the options say.',
  positionals: [0, 1],
  flags: {
    source: { type: 'string', multiple: true, value: 'WHAT', summary: 'One exposure, from the darkest to the brightest: a file, an address (rtsp://...), a device (/dev/video0), or test.' },
    to: { type: 'string', value: 'WHERE', summary: `A file (.mp4), an address (srt://..., udp://..., hls:FOLDER), page (a page in the browser) or screen. Default: ${OUTPUT}.` },
  },
  examples: ['gst-ipl init', 'gst-ipl init fusion.yaml --source rtsp://cam1/a --source rtsp://cam2/a --source rtsp://cam3/a --to page', 'gst-ipl init try.yaml --source test --source test --source test'],
  async run({ positionals: [file = 'graph.yaml'], flags }) {
    if (existsSync(file)) throw new UsageError(`${file} is there already; name another file.`);
    const sources = flags.source as string[] | undefined;
    const answers = sources ? { sources, output: typeof flags.to === 'string' ? flags.to : OUTPUT } : await ask();
    if (!answers) return INTERRUPTED;
    const text = firstGraph(answers);
    await parseGraphText(text, { dry: true }); // What is written is right, or reported here.
    write(file, text);
    console.log(`${file} is written. Next: gst-ipl run ${file}`);
    // Who writes a graph before the cameras are there is no fool.
    for (const missing of answers.sources.filter((source) => isFile(source) && !existsSync(source))) console.error(`There is no file ${publicValue(missing)} yet.`);
    return 0;
  },
};

/** @throws GstIplError `missing-file`; nothing is left then */
function write(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: 'wx' });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EEXIST') rmSync(file, { force: true });
    throw new GstIplError('missing-file', `${file} cannot be written (${code ?? messageOf(error)}).`, { hint: code === 'ENOENT' ? 'Make its folder first.' : 'Name another file, or free some room.', cause: error });
  }
}

/** @returns undefined when whoever is asked goes away (Ctrl-C, Ctrl-D) */
async function ask(): Promise<FirstGraph | undefined> {
  if (!process.stdin.isTTY) throw new UsageError('There is nobody to ask: say --source for each exposure, from the darkest to the brightest.');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const sources: string[] = [];
    console.error('The exposures, from the darkest to the brightest: a file, an address such as rtsp://camera/path, a device such as /dev/video0, or test.');
    while (sources.length < 5) {
      const answer = (await terminal.question(`Exposure ${sources.length + 1}${sources.length < 2 ? '' : ' (Enter: no more)'}: `)).trim();
      if (answer !== '') sources.push(answer);
      else if (sources.length >= 2) break;
      else console.error('Two exposures at least.');
    }
    const output = (await terminal.question('Where the fused pictures go, a file such as fused.mp4, an address such as srt://:7001, page or screen (Enter: page): ')).trim();
    return { sources, output: output === '' ? OUTPUT : output };
  } catch (error) {
    if ((error as Error).name !== 'AbortError') throw error;
    console.error();
    return undefined;
  } finally {
    terminal.close();
  }
}
