/**
 * Progressive, upright pictures, whatever comes. Fields and rotation are in flags of buffers and in tags, which no
 * stage looks at: what crosses into Node as it is would be combed, or lie on its side.
 */
import { elementsOf, tokenize } from './launch/launch';

/**
 * Elements for raw video. Progressive pictures are handed on as they are. videoflip of GStreamer 1.22 copies also those that are
 * upright (0.25 ms at 1080p), so it is there only where something may announce a rotation.
 *
 * One picture is made of each frame, of its upper field: so the rate of the caps stays true, also where interlaced and
 * progressive frames mix, and every picture keeps its time. (The motion-adaptive methods of GStreamer 1.22 repeat and move
 * times where a stream changes between the two.)
 *
 * deinterlace takes rows with padding from a decoder, and hands progressive frames of a mixed stream on with it, also to
 * who knows nothing of padding, as the outlet does: so nobody in front may hear that padding is welcome (`drop-allocation`).
 *
 * @param way what the pictures pass before. Who turns them there has decided: the tag stays as it was (GStreamer 1.22), and
 *   to obey it again would turn them twice.
 */
export function uprightLaunch(way: string): string {
  const progressive = 'identity drop-allocation=true ! deinterlace fields=top';
  return turns(way) || !mayTell(way) ? progressive : `${progressive} ! videoflip video-direction=auto`;
}

/** What never announces a rotation: tests, devices, what comes over a network as RTP or MPEG-TS, and frames from Node. */
const SILENT = ['videotestsrc', 'v4l2src', 'rtspsrc', 'srtsrc', 'udpsrc', 'appsrc'];

function mayTell(way: string): boolean {
  const [source, ...others] = elementsOf(way).map(({ factory }) => factory);
  return source !== undefined && (!SILENT.includes(source) || others.includes('taginject'));
}

/** videoflip, glvideoflip, autovideoflip, and converters that turn (vapostproc, nvvidconv). */
function turns(way: string): boolean {
  return tokenize(way).some(({ text }) => /^\w*flip$|^(?:video-direction|flip-method)\s*=/.test(text));
}
