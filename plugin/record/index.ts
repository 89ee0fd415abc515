/**
 * `record`: pictures into files that survive `kill -9` and power loss.
 *
 * - Input: frames of one node. Output: none.
 * - `encoder` chooses the element that encodes (gstreamer/output/encoders.ts); it must be one of `codec`.
 * - Files: fragmented MP4 in the folder `to`, each `segment` long (to half a second where a camera is not as fast as its caps
 *   say) and with its own times from zero, named by the time (UTC) of their first picture:
 *   `2026-11-23T06-24-52.350Z.mp4`. A file with such a name is whole and on the disk (fsync). The one being written ends
 *   in `.part`; after a kill it is readable up to its last second and a half (a key frame interval that splitmuxsink
 *   holds, and a fragment), after a power loss up to what was synced (every two seconds). The next start takes it over as `....cut.mp4`.
 * - `keep` limits the size or the age of all recordings in the folder: the oldest go, never the newest. Without it nothing is
 *   removed. Age never comes from a clock that jumps:
 *   - What this process records ages by the monotonic clock. What it finds at its start is as old as the later of its name
 *     and its last change says, and ages by the monotonic clock from then on; none of it goes in the first ten minutes,
 *     in which NTP sets a clock that was wrong.
 *   - A clock that is set (by more than a minute) is logged, and removes nothing. Where it is set ahead, what this process has
 *     recorded gets a last change by the new time, so that the next start does not take it for older than it is.
 *   - Where all that is found would go at once (a long pause, or a wrong clock), or has a time in the future, that is logged,
 *     and they age from the start on.
 * - A full disk, a folder that vanishes or cannot be written, a disk that hangs: the condition `down`, which degrades health, and
 *   recording goes on as soon as it can, in a new segment, trying every five seconds at most. A folder that is gone is made again, as
 *   at the start. A file that somebody takes away while it is written is missed within two seconds, and its pictures count as
 *   dropped. A recorder that has begun no new file for longer than a segment, 10 s and 300 pictures is started anew. Where `keep` allows it, the oldest recordings make room before it comes to that. Pictures that
 *   come meanwhile are counted; nothing earlier is lost.
 * - Caps changes begin a new file, but not those of the frame rate alone. One column or row of an odd size is left out: 4:2:0 encoders want even ones.
 * - A camera that declares no frame rate is encoded as one of 30 frames/s; pictures keep their times.
 * - EOS: the last file is finished, then the run ends; where nothing was recorded, with the error `no-pictures`. Errors: a folder that
 *   cannot be made or written at the start (the check reports what it can see of it), an encoder that is missing or takes no such pictures.
 * - `audio` names the source whose sound is recorded beside the pictures (docs/sound.md): a source that loses its sound loses no picture.
 *   It is silence meanwhile, and the condition `silent`, which degrades health. A source that never had any is logged once.
 *   `audioCodec: copy` records the AAC or Opus of the source untouched; of what cannot be passed through the condition says what it is. Where the
 *   source changes to another codec, rate or number of channels, a new file begins.
 * - Metrics: ./metrics.ts.
 * - One node records into a folder at a time, and none into a folder of recordings that the graph reads.
 *
 *     nodes:
 *       archive: { use: record, from: fused, to: recordings, segment: 1min, keep: 50GB, queue: drop-oldest }
 */
import path from 'node:path';
import type { Observable } from 'rxjs';
import { defineElement, ONE_STREAM } from '../core/element';
import { GstIplError } from '../core/errors';
import type { Frame } from '../core/frames/frame';
import { intoTarget } from '../core/queue/into-target';
import type { OptionsOf } from '../core/options';
import { requireMakeableFolder } from '../core/files/paths';
import { reportQueue } from '../core/queue/queue-watch';
import { encoderElements, tenBitsOf } from '../gstreamer/output/encoder';
import { formOf, soundElements } from '../gstreamer/sound/sound-codecs';
import { requireElements } from '../gstreamer/probe/probe';
import { recordMetrics } from './metrics';
import { checkedSettings, recordOptions } from './options';
import { Recorder } from './recorder';
import { RECORDING } from './segment-files';

/** Folders that this process records into. */
const inUse = new Set<string>();

export const recordElement = defineElement({
  kind: 'stage',
  tenBits: tenBitsOf,
  name: 'record',
  summary: 'Records frames into files that survive a kill and a power loss, within a limit of size or age.',
  input: ONE_STREAM,
  output: 'none',
  options: recordOptions,
  soundOption: 'audio',
  soundForm: ({ audioCodec }) => formOf(audioCodec),
  metrics: recordMetrics,
  example: 'archive: { use: record, from: fused, to: recordings, segment: 1min, keep: 50GB, queue: drop-oldest }',
  check: (settings) => void checkedSettings(settings),
  needs,
  checkFiles: ({ to }) => requireMakeableFolder(to),
  files: ({ to }) => [{ does: 'writes', path: to, names: RECORDING, owns: true }],
  create(settings, context) {
    const folder = path.resolve(settings.to);
    const recorder = new Recorder(checkedSettings(settings), context);
    let owner = false;
    return {
      async ready() {
        await requireElements(context.node, needs(settings));
        if (inUse.has(folder)) throw folderInUse(context.node, settings.to);
        owner = true;
        inUse.add(folder);
        await recorder.prepare();
      },
      delivered: () => recorder.delivered,
      connect: ([frames]) => (frames as Observable<Frame>).pipe(intoTarget(recorder, settings.queue, reportQueue(context))),
      async close() {
        await recorder.close();
        if (owner) inUse.delete(folder);
      },
    };
  },
});

function needs(settings: OptionsOf<typeof recordOptions>): string[] {
  return [...encoderElements(settings), 'splitmuxsink', 'mp4mux', ...(settings.audio === undefined ? [] : soundElements(settings.audioCodec))];
}

function folderInUse(node: string, folder: string): GstIplError {
  return new GstIplError('bad-option', `Node "${node}": Another node records into "${folder}" already.`, {
    place: { node },
    hint: 'Give each its own folder.',
  });
}
