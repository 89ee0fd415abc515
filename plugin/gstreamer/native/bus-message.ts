/** What GStreamer says on a bus, as values of JavaScript. */
import koffi from 'koffi';
import type { Library, Pointer } from './library';
import { readStructure } from './native-value';

export interface BusMessage {
  readonly type: string;
  readonly _src_element_name: string;
  /** Path of the element that posted it, or the name of the message's structure. */
  readonly name?: string;
  /** What went wrong (errors, warnings). */
  readonly message?: string;
  /** Of a change of state: `GST_STATE_NULL` and so on. */
  readonly 'old-state'?: string;
  /** Source file, function and detail, for developers; its last line is often the best sentence there is. */
  readonly debug?: string;
}

/** gst/gstmessage.h: GstMessageType, and where a GstMessage (a GstMiniObject of 64 bytes first) has its type and its source. */
const MESSAGE_ERROR = 2;
const MESSAGE_WARNING = 4;
const MESSAGE_TYPE_AT = 64;
const MESSAGE_SOURCE_AT = 80;

export function readMessage(library: Library, message: Pointer): BusMessage {
  const type = koffi.decode(message, MESSAGE_TYPE_AT, 'int') as number;
  const source = koffi.decode(message, MESSAGE_SOURCE_AT, 'void *') as Pointer | null;
  const structure = library.gst_message_get_structure(message) as Pointer | null;
  const read = {
    ...(structure === null ? {} : readStructure(library, structure)),
    type: library.gst_message_type_get_name(type) as string,
    _src_element_name: source === null ? '' : (library.gst_object_get_name(source) as string),
  };
  if ((type !== MESSAGE_ERROR && type !== MESSAGE_WARNING) || source === null) return read;
  const error: [Pointer | null] = [null];
  // Each refuses the other's messages.
  if (type === MESSAGE_ERROR) library.gst_message_parse_error(message, error, null);
  else library.gst_message_parse_warning(message, error, null);
  return { ...read, name: library.gst_object_get_path_string(source) as string, message: error[0] === null ? '' : takeError(library, error[0]) };
}

/** The sentence of a GError (domain and code, 4 bytes each, and a string), which is freed. */
export function takeError(library: Library, error: Pointer): string {
  const message = koffi.decode(error, 8, 'str') as string;
  library.g_error_free(error);
  return message;
}
