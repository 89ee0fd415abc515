import { existsSync } from 'node:fs';
import path from 'node:path';
import { builtinElements } from '../../builtin-elements';
import { clash } from '../../core/files/file-use';
import { checkOutput } from '../../core/files/paths';
import { GstIplError, messageOf } from '../../core/errors';
import { numberOption } from '../../core/options';
import { readSettings, SET_FLAG, UsageError, type Arguments, type Command } from '../arguments';
import { playGraph } from '../play-graph';
import type { Calibration } from '../../calibrate/calibration';

/**
 * 40 pictures. Ten are as exact: 0.03 to 0.13 pixels off at the corners, of 1280x720 with noise of 8 codes; two are 0.11 to 0.15. But a bus that
 * fills a third of the picture for six seconds leaves no certain rig of ten seconds, and has no say in twenty.
 */
const DEFAULT_SECONDS = 20;
const seconds = numberOption({ summary: '', default: DEFAULT_SECONDS, min: 1, max: 3600 });

export const calibrateCommand: Command = {
  name: 'calibrate',
  synopsis: 'GRAPH -o RIG.json [--seconds N] [--node NAME] [--set NAME=VALUE ...]',
  summary: "Calibrates a fixed rig: runs a graph's sources up to its `ipl`, measures how the cameras are aligned, and writes the file for `ipl`'s option `rig`. A table and a picture show how good it is.",
  positionals: [1, 1],
  flags: {
    output: { type: 'string', short: 'o', value: 'RIG.json', summary: 'The rig. A picture of it is written beside it, as RIG.png. Existing ones are replaced.' },
    seconds: { type: 'string', value: 'N', summary: `Seconds to measure, at two frames a second. Default: ${DEFAULT_SECONDS}, or to the end of the files. Ctrl-C uses what was measured.` },
    node: { type: 'string', value: 'NAME', summary: 'The node that fuses, where there are several.' },
    set: SET_FLAG,
  },
  examples: ['gst-ipl calibrate graphs/rtsp-cameras.yaml -o rig.json', 'gst-ipl calibrate rig.yaml -o rig.json --seconds 120'],
  async run(given) {
    const [file = ''] = given.positionals;
    const output = readOutput(given, file);
    const length = readSeconds(given);
    const node = typeof given.flags.node === 'string' ? given.flags.node : undefined;
    // What looks at pictures is loaded where it is needed: every command comes through this file's import.
    const [{ calibrationGraph }, { calibrateElement }, { rigOf }, { rigTable }, { writeRig }, { writeRigSheet }] = await Promise.all([
      import('../../calibrate/calibration-graph'), import('../../calibrate/calibrate-element'), import('../../calibrate/rig-of'),
      import('../../calibrate/report'), import('../../calibrate/write-rig'), import('../rig-sheet'),
    ]);
    let calibration: Calibration | undefined;
    const registry = builtinElements();
    registry.add(calibrateElement(length, (begun) => (calibration = begun)));
    const found = await calibrationGraph(registry, file, { params: readSettings(given), node });
    await playGraph(found.graph, path.basename(file));
    const seen = (calibration as unknown as Calibration).seen();
    const rig = await rigOf(seen);
    await writeRig(rig, output);
    console.log(`${rigTable(rig)}\n\n${output}: how the cameras lie, of ${seen.pictures} pictures of ${rig.width}x${rig.height}.`);
    await writeSheet(() => writeRigSheet(rig, seen, pictureOf(output)), pictureOf(output));
    const own = path.relative(path.dirname(path.resolve(file)), path.resolve(output));
    if (found.rig !== own) console.log(`In the graph, node "${found.node}": { use: ipl, ..., rig: ${own} }`);
    return 0;
  },
};

const pictureOf = (output: string): string => output.replace(/\.json$/i, '.png');

/** The rig is written: that nobody can look at it is no failure. */
async function writeSheet(write: () => Promise<void>, picture: string): Promise<void> {
  try {
    await write();
    console.log(`${picture}: each camera with the reference, as they come and lined up. Look whether edges go on from square to square.`);
  } catch (error) {
    process.stderr.write(`Warning: There is no picture ${picture}: ${messageOf(error)}\n`);
  }
}

/** @throws UsageError, GstIplError where nothing could be written there */
function readOutput({ flags: { output } }: Arguments, graph: string): string {
  if (typeof output !== 'string') throw new UsageError('calibrate needs an output: -o rig.json');
  if (!/\.json$/i.test(output)) throw new UsageError(`"${output}" must end in .json.`);
  if (existsSync(graph) && clash({ does: 'reads', path: graph }, { does: 'writes', path: output })) throw new UsageError(`The output "${output}" is the graph itself; give it another name.`);
  for (const file of [output, pictureOf(output)]) {
    const wrong = checkOutput(file);
    if (wrong) throw new GstIplError('missing-file', wrong.message, { hint: wrong.hint });
  }
  return output;
}

/** @throws UsageError */
function readSeconds({ flags }: Arguments): number {
  if (flags.seconds === undefined) return seconds.fallback;
  try {
    return seconds.read(flags.seconds);
  } catch (error) {
    throw new UsageError(`--seconds: ${messageOf(error)}`);
  }
}
