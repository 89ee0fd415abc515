import { existsSync } from 'node:fs';
import path from 'node:path';
import { GstIplError } from '../../core/errors';
import { clash } from '../../core/files/file-use';
import { checkOutput } from '../../core/files/paths';
import { heedMaxPixels, MAX_PIXELS_FLAG, UsageError, type Arguments, type Command } from '../arguments';
import { note } from '../note';
import { INTERRUPTED, outputFormat } from '../output';
import { bar } from '../progress-bar';
import { version } from '../../core/package-version';
import { ALIGN_FLAG, BITS_FLAG, EXTENSIONS, HDR_EXTENSIONS, HDR_FLAGS, LOOK_FLAGS, readAlign, readBits, readHdr, readLook } from '../still-flags';
import { atStopSignal } from '../stop-signal';

/** Takes a bar off its line. */
const CLEAR = '\r\x1b[K';

export const fuseCommand: Command = {
  name: 'fuse',
  synopsis: 'PICTURE PICTURE [PICTURE ...] -o OUT',
  summary: 'Fuses two to nine bracketed photographs (JPEG, PNG, TIFF, WebP, AVIF, by content, any order) into one.',
  positionals: [2, 9],
  flags: {
    output: { type: 'string', short: 'o', value: 'OUT', summary: `The fused picture: ${EXTENSIONS.join(', ')}; with --hdr ${HDR_EXTENSIONS.join(', ')}. An existing one is replaced when the new one is whole.` },
    ...ALIGN_FLAG,
    reference: { type: 'string', value: 'PICTURE', summary: 'The input that the others are aligned to, and whose metadata is kept. Default: the middle exposure.' },
    ...LOOK_FLAGS,
    ...BITS_FLAG,
    ...HDR_FLAGS,
    'max-pixels': MAX_PIXELS_FLAG,
  },
  examples: [
    'gst-ipl fuse under.jpg mid.jpg over.jpg -o fused.jpg',
    'gst-ipl fuse under.jpg mid.jpg over.jpg --shadows 0.5 -o night.png',
    'gst-ipl fuse under.jpg mid.jpg over.jpg --hdr -o ultra-hdr.jpg',
    'gst-ipl fuse under.tif mid.tif over.tif --reference under.tif -o fused.tif',
  ],
  async run(given) {
    await fusePhotographs(given);
    return 0;
  },
};

/** @throws UsageError, GstIplError */
export async function fusePhotographs(given: Arguments): Promise<void> {
  heedMaxPixels(given);
  const files = given.positionals;
  const output = readOutput(given);
  const settings = { look: readLook(given), ...readAlign(given), avifBits: readBits(given, path.extname(output)), hdr: readHdr(given, path.extname(output)), reference: readReference(given) };
  const missing = files.find((file) => !existsSync(file));
  if (missing !== undefined) throw new GstIplError('missing-file', `The picture ${missing} does not exist.`);
  const same = files.find((file) => clash({ does: 'reads', path: file }, { does: 'writes', path: output }));
  if (same !== undefined) throw new UsageError(`The output "${output}" is the picture "${same}" itself; give it another name.`);
  const finding = checkOutput(output);
  if (finding) throw new GstIplError('missing-file', finding.message, { hint: finding.hint });
  // The library of pictures takes as long to load as all else together.
  const { fuseStills, removeUnfinished } = await import('../../stills');
  const forget = atStopSignal(() => {
    removeUnfinished();
    process.exit(INTERRUPTED);
  });
  const start = performance.now();
  const tell = (message: string): void => note('notice', message);
  const showShare = process.stderr.isTTY && outputFormat() !== 'json' ? (share: number): void => void process.stderr.write(share < 1 ? `\r${bar(share)}` : CLEAR) : undefined;
  try {
    await fuseStills(files, output, { ...settings, tell, progress: showShare, software: `gst-ipl ${version()}` });
  } finally {
    forget();
  }
  note('ended', `${path.basename(output)}: fused from ${files.length} pictures in ${((performance.now() - start) / 1000).toFixed(1)} s`);
}

/** @throws UsageError */
function readOutput({ flags: { output } }: Arguments): string {
  if (typeof output !== 'string') throw new UsageError('fuse needs an output: -o OUT');
  if (output.endsWith('/')) throw new UsageError(`The output "${output}" is a folder; name a file in it.`);
  if (![...EXTENSIONS, ...HDR_EXTENSIONS].includes(path.extname(output).toLowerCase())) throw new UsageError(`"${output}" must end in ${EXTENSIONS.join(', ')}; with --hdr in ${HDR_EXTENSIONS.join(', ')}.`);
  return output;
}

/** @throws UsageError */
function readReference({ flags: { reference }, positionals }: Arguments): string | undefined {
  if (typeof reference !== 'string') return undefined;
  const exact = positionals.find((file) => path.resolve(file) === path.resolve(reference));
  if (exact !== undefined) return exact;
  const named = positionals.filter((file) => path.basename(file) === reference);
  if (named.length > 1) throw new UsageError(`--reference "${reference}" is the name of ${named.length} of the pictures: write its path.`);
  const [found] = named;
  if (found === undefined) throw new UsageError(`--reference names "${reference}", which is none of the pictures.`, positionals, reference);
  return found;
}
