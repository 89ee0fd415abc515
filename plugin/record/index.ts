/**
 * `record`: pictures into files that survive `kill -9` and power loss.
 *
 * - Input: frames of one node. Output: none.
 * - Files: fragmented MP4 in the folder `to`, each `segment` long, named by the time (UTC) of their first picture:
 *   `2026-11-23T06-24-52.350Z.mp4`. A file with such a name is whole and on the disk (fsync). The one being written ends
 *   in `.part`; after a kill it is readable up to its last second and a half (a key frame interval that splitmuxsink
 *   holds, and a fragment), after a power loss up to what was synced (every two seconds). The next start takes it over as `....cut.mp4`.
 * - `keep` limits the size or the age of all recordings in the folder: the oldest go. Without it nothing is removed.
 * - A full disk, a folder that vanishes, a disk that hangs: a warning, and recording goes on as soon as it can, trying every
 *   five seconds at most. Where `keep` allows it, the oldest recordings make room before it comes to that. Pictures that
 *   come meanwhile are counted; nothing earlier is lost.
 * - Caps changes begin a new file. One column or row of an odd size is left out: 4:2:0 encoders want even ones.
 * - EOS: the last file is finished, then the run ends. Errors: a folder that cannot be made or written at the start
 *   (the check tells what it can see of it), a missing encoder.
 * - One node records into a folder at a time.
 *
 *     nodes:
 *       archive: { use: record, from: fused, to: recordings, segment: 1min, keep: 50GB, queue: drop-oldest }
 */
import path from 'node:path';
import type { Observable } from 'rxjs';
import { defineElement, ONE_STREAM } from '../core/element';
import { GstIplError } from '../core/errors';
import type { Frame } from '../core/frame';
import { intoTarget } from '../core/into-target';
import { requireMakeableFolder } from '../core/paths';
import { durationOption, queueOption, textOption, type OptionsOf } from '../core/options';
import { SECOND } from '../core/time';
import { encoderElements, encoderOptions } from '../gstreamer/encoder';
import { requireElements } from '../gstreamer/probe';
import { Recorder } from './recorder';
import { keepOption } from './retention';

const LONGEST_SEGMENT = 3600n * SECOND;

const options = {
  to: { ...textOption({ summary: 'The folder; it is made where it is missing.', default: '' }), required: true, defaultText: undefined },
  segment: durationOption({
    summary: 'How long a file is; from 1s to 60min.',
    default: 60n * SECOND,
    defaultText: '1min: easy to find, to copy and to remove; 30 MB at 4 Mbit/s',
  }),
  keep: keepOption,
  ...encoderOptions,
  queue: queueOption('The queue in front of the encoder. A live chain that must stay fresh wants drop-oldest.'),
};

export type RecordSettings = Omit<OptionsOf<typeof options>, 'segment'> & { readonly segment: bigint };

/** Folders that this process records into. */
const inUse = new Set<string>();

export const recordElement = defineElement({
  kind: 'stage',
  name: 'record',
  summary: 'Records pictures into segments that survive a kill and a power loss, within a limit of size or age.',
  input: ONE_STREAM,
  output: 'none',
  options,
  example: 'archive: { use: record, from: fused, to: recordings, segment: 1min, keep: 50GB, queue: drop-oldest }',
  check: (settings) => void checked(settings),
  checkFiles: ({ to }) => requireMakeableFolder(to),
  create(settings, context) {
    const folder = path.resolve(settings.to);
    const recorder = new Recorder(checked(settings), context);
    let owner = false;
    return {
      async ready() {
        await requireElements(context.node, [...encoderElements(settings), 'splitmuxsink', 'mp4mux']);
        if (inUse.has(folder)) throw folderInUse(context.node, settings.to);
        owner = true;
        inUse.add(folder);
        await recorder.prepare();
      },
      connect: ([frames]) => (frames as Observable<Frame>).pipe(intoTarget(recorder, settings.queue)),
      async close() {
        await recorder.close();
        if (owner) inUse.delete(folder);
      },
    };
  },
});

function checked(settings: OptionsOf<typeof options>): RecordSettings {
  const { to, segment = 0n } = settings;
  if (to.trim() === '') throw new GstIplError('bad-option', 'the option "to" names no folder.');
  if (segment >= SECOND && segment <= LONGEST_SEGMENT) return { ...settings, segment };
  throw new GstIplError('bad-option', 'the option "segment" must be from 1s to 60min.');
}

function folderInUse(node: string, folder: string): GstIplError {
  return new GstIplError('bad-option', `Node "${node}": Another node records into "${folder}" already.`, {
    place: { node },
    hint: 'Give each its own folder.',
  });
}
