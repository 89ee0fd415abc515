/**
 * What x265enc puts in front of its first picture. Where x265 repeats its parameter sets at key frames, as it does by itself for the light
 * levels of PQ, GStreamer 1.22 (gst_x265_enc_get_header_buffer) makes room for those of the first picture twice and fills it once: the rest
 * is memory of anything, 88 bytes or so between the headers and the picture. One time in thirty there is a start code in it, where h265parse
 * begins another picture, one without a time; and what the process has had in memory is nobody's business. The picture has headers of
 * its own, so all before them is cut off.
 */
import koffi from 'koffi';
import { elementsOf } from './native-iterator';
import type { Library, Pointer } from './library';

/** gst/gstpad.h: GstPadProbeType, GstPadProbeReturn, and where a GstPadProbeInfo has its buffer or event. */
const PROBE_BUFFER = 16;
const PROBE_EVENT_DOWNSTREAM = 64;
const REMOVE = 2;
const PASS = 1;
const DATA_AT = 16;

/** gst/gstevent.h: where a GstEvent (a GstMiniObject of 64 bytes first) has its type, and what is above its 8 flags for caps. */
const EVENT_TYPE_AT = 64;
const CAPS = 50;

/** Start code and header of a video parameter set (H.265, 7.3.1.2): type 32, layer 0. No picture has it inside (7.4.1.1). */
const PARAMETER_SET = Buffer.from([0, 0, 0, 1, 0x40, 0x01]);

interface Probes {
  readonly caps: Pointer;
  readonly buffer: Pointer;
}

/**
 * Registered once, and never given up: GStreamer may call them as long as there are pipelines. Their threads wait for the event loop,
 * once a picture size.
 */
let probes: Probes | undefined;

/** Of all x265enc that are in the pipeline now. It must not play yet. */
export function mendFirstHeaders(library: Library, pipeline: Pointer): void {
  for (const encoder of elementsOf(library, pipeline, 'x265enc')) {
    probes ??= register(library);
    const pad = library.gst_element_get_static_pad(encoder, 'src') as Pointer;
    library.gst_pad_add_probe(pad, PROBE_EVENT_DOWNSTREAM, probes.caps, 0, null);
    library.gst_object_unref(pad);
    library.gst_object_unref(encoder);
  }
}

function register(library: Library): Probes {
  const callback = koffi.pointer(koffi.proto('int PadProbe(void *pad, void *info, void *data)'));
  const buffer = koffi.register((_: Pointer, info: Pointer) => {
    const given = koffi.decode(info, DATA_AT, 'void *') as Pointer;
    const from = firstPicture(library, given);
    if (from > 0) {
      const own = library.gst_mini_object_make_writable(given) as Pointer;
      library.gst_buffer_resize(own, from, -1);
      koffi.encode(info, DATA_AT, 'void *', own);
    }
    return REMOVE;
  }, callback);
  /** New caps are another encoder, which begins with headers again. */
  const caps = koffi.register((pad: Pointer, info: Pointer) => {
    const type = koffi.decode(koffi.decode(info, DATA_AT, 'void *') as Pointer, EVENT_TYPE_AT, 'int') as number;
    if (type >> 8 === CAPS) library.gst_pad_add_probe(pad, PROBE_BUFFER, buffer, 0, null);
    return PASS;
  }, callback);
  return { caps: caps, buffer: buffer };
}

/** Where the last headers of a buffer begin. */
function firstPicture(library: Library, buffer: Pointer): number {
  const bytes = Buffer.allocUnsafe(Number(library.gst_buffer_get_size(buffer)));
  library.gst_buffer_extract(buffer, 0, bytes, bytes.length);
  return bytes.lastIndexOf(PARAMETER_SET);
}
