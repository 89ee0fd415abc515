import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseGraphText } from '../../builtin-elements';
import { GraphError, GstIplError, messageOf } from '../../core/errors';
import { clash } from '../../core/files/file-use';
import { stillLaunch } from '../../gstreamer/still';
import { lookOptions } from '../../ipl/look-options';
import { heedMaxPixels, MAX_PIXELS_FLAG, UsageError, type Arguments, type Command } from '../arguments';
import { playGraph } from '../play-graph';

/** Encoders by extension. JPEG at 95: below that, blocks show in smooth skies. */
const ENCODERS: Readonly<Record<string, string>> = {
  '.png': 'video/x-raw,format=RGB ! pngenc snapshot=true',
  '.jpg': 'jpegenc quality=95 snapshot=true',
  '.jpeg': 'jpegenc quality=95 snapshot=true',
};

export const fuseCommand: Command = {
  name: 'fuse',
  synopsis: 'PICTURE PICTURE [PICTURE ...] -o OUT',
  summary: 'Fuses two to five bracketed stills (JPEG or PNG, by content, any order) into one.',
  positionals: [2, 5],
  flags: {
    output: { type: 'string', short: 'o', value: 'OUT', summary: 'The fused picture: .png or .jpg. An existing one is replaced when the new one is whole.' },
    align: { type: 'string', value: 'auto|off', summary: 'Whether pictures that do not coincide are lined up first. Default: auto, where they agree better then.' },
    crop: { type: 'boolean', summary: 'Cuts the fused picture to what all pictures show, where they were lined up. Without it borders are made of those that show them.' },
    highlights: { type: 'string', value: '0..1', summary: 'How much of what darker pictures show, in the lights, is brought in. Default: 1, all.' },
    shadows: { type: 'string', value: '0..1', summary: 'How much of what brighter pictures show, in the darks, is brought in. Default: 1, all.' },
    'max-pixels': MAX_PIXELS_FLAG,
  },
  examples: ['gst-ipl fuse under.jpg mid.jpg over.jpg -o fused.png', 'gst-ipl fuse under.jpg mid.jpg over.jpg --shadows 0.5 -o night.png'],
  async run(given) {
    heedMaxPixels(given);
    const look = { ...readLook(given), ...readAlign(given) };
    const output = given.flags.output;
    if (typeof output !== 'string') throw new UsageError('fuse needs an output: -o OUT');
    if (output.endsWith('/')) throw new UsageError(`The output "${output}" is a folder; name a file in it.`);
    const encoder = ENCODERS[path.extname(output).toLowerCase()];
    if (encoder === undefined) throw new UsageError(`"${output}" must end in ${Object.keys(ENCODERS).join(', ')}.`);
    const missing = given.positionals.find((file) => !existsSync(file));
    if (missing !== undefined) throw new GstIplError('missing-file', `The picture ${missing} does not exist.`);
    const same = given.positionals.find((file) => clash({ does: 'reads', path: file }, { does: 'writes', path: output }));
    if (same !== undefined) throw new UsageError(`The output "${output}" is the picture "${same}" itself; give it another name.`);
    for (const file of given.positionals) {
      if (stillLaunch(file) !== undefined) continue;
      throw new GstIplError('bad-caps', `"${file}" is no JPEG and no PNG, whatever its name says.`, { hint: 'Save it as one of them.' });
    }
    try {
      await playGraph(await parseGraphText(stillsGraph(given.positionals, output, encoder, look)), path.basename(output));
    } catch (error) {
      throw error instanceof GstIplError ? ofPictures(error, given.positionals) : error;
    }
    return 0;
  },
};

/** @throws UsageError */
function readAlign({ flags: { align = 'auto', crop = false } }: Arguments): Record<string, string> {
  if (align === 'auto') return { align: 'each', crop: crop === true ? 'common' : 'off' };
  if (align === 'off' && crop === true) throw new UsageError('--crop cuts what lining up leaves; with --align off there is nothing to cut.');
  if (align === 'off') return { align: 'off' };
  throw new UsageError(`--align is auto or off, not ${JSON.stringify(align)}.`);
}

/** Options of the fusion. @throws UsageError */
function readLook({ flags }: Arguments): Record<string, number> {
  const given = Object.entries(lookOptions).filter(([name]) => flags[name] !== undefined);
  return Object.fromEntries(given.map(([name, option]) => {
    try {
      return [name, option.read(flags[name])];
    } catch (error) {
      throw new UsageError(`--${name}: ${messageOf(error)}`);
    }
  }));
}

/** The same as graphs/bracketed-stills.yaml, for any number of pictures. */
function stillsGraph(pictures: readonly string[], output: string, encoder: string, look: Readonly<Record<string, number | string>>): string {
  const names = pictures.map((_, index) => `picture${index + 1}`);
  const params = Object.fromEntries([...names.map((name, index) => [name, path.resolve(pictures[index] ?? '')]), ['out', output]]) as object;
  const sources = names.map((name) => [name, { use: 'source', uri: `\${${name}}` }]);
  const nodes = {
    ...(Object.fromEntries(sources) as object),
    set: { use: 'sync', from: names },
    fused: { use: 'ipl', from: 'set', ...look },
    picture: { use: 'sink', from: 'fused', launch: `${encoder} ! filesink location=\${out}` },
  };
  return JSON.stringify({ params, nodes });
}

/** Of nodes and of a graph file the user knows nothing: an error speaks of the pictures that were given. */
function ofPictures(error: GstIplError, pictures: readonly string[]): GstIplError {
  const [{ code, message, hint }] = error instanceof GraphError ? error.problems : [error];
  const named = message
    .replace(/"picture(\d)"/g, (text, number: string) => (pictures[Number(number) - 1] === undefined ? text : `"${pictures[Number(number) - 1]}"`))
    .replace(/^Node "(?:picture|fused|set)": /, '')
    .replace(/^Node ("[^"]+"): /, '$1: ');
  return new GstIplError(code, named, { hint: code === 'bad-exposures' ? 'Pictures of one bracket have one size: crop or scale them first.' : hint, cause: error });
}
